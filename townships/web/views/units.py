"""Units: the tree, a search by any name, one unit, and its changes by the office."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rectify.lib import clock
from townships.access import allowed
from townships.models import Unit, User
from townships.queries import people, units
from townships.rules.permissions import Permission
from townships.rules.roles import Duty, Level
from townships.services import accounts, unit_changes
from townships.services.units import UnitError
from townships.web.forms import CloseForm, LeaderForm, NameForm, RenameForm, UnitForm
from townships.web.paging import told
from townships.web.requires import must, requires

FORMS: dict[str, type[forms.Form]] = {
    "name": NameForm,
    "rename": RenameForm,
    "close": CloseForm,
    "leader": LeaderForm,
}
WITH_USER = ("close", "leader")


@requires(Permission.SEE_UNITS)
def tree(request: HttpRequest) -> HttpResponse:
    """The county as a tree, or what a search found (``?q=``)."""
    text = told(request, "q")
    context: dict[str, Any] = {"q": text, "may_manage": _may_manage(request.user), "today": clock.today()}
    if text:
        context["found"] = units.search(request.user, text)
        return render(request, "units/search.html", context)
    context["roots"] = [_sections(root) for root in units.tree(request.user)]
    if context["may_manage"]:
        context["without_leader"] = units.without_leader_in_charge(request.user).count()
    return render(request, "units/tree.html", context)


def _sections(root: units.Branch) -> dict[str, Any]:
    """A root with its places, and its departments by kind."""
    departments = [branch for branch in root.children if branch.unit.level != Level.TOWNSHIP]
    departments.sort(key=lambda branch: branch.unit.kind)
    return {
        "root": root,
        "townships": [branch for branch in root.children if branch.unit.level == Level.TOWNSHIP],
        "villages": sum(
            len(branch.children) for branch in root.children if branch.unit.level == Level.TOWNSHIP
        ),
        "departments": [
            (kind, list(branches)) for kind, branches in groupby(departments, key=lambda item: item.unit.kind)
        ],
        "department_count": len(departments),
    }


@requires(Permission.SEE_UNITS)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: its names, validity, seats, what is below it, and what the office can change."""
    return _page(request, _unit(request, code))


def _page(request: HttpRequest, unit: Unit, **bound: forms.Form) -> HttpResponse:
    may_manage = allowed(request.user, Permission.MANAGE_UNITS, unit)
    made = {name: bound.get(name) or _form(name, request.user) for name in FORMS} if may_manage.ok else {}
    context = {
        "unit": unit,
        "names": units.names_of(unit),
        "sets": units.sets_of(unit),
        "seats": [(seat, Duty(seat.duty)) for seat in units.seats_of(unit)],
        "children": units.children_of(unit),
        "predecessors": unit.predecessors.order_by("code"),
        "may_manage": may_manage,
        "forms": made,
        "opened": next(iter(bound), ""),
        "unit_names": _unit_names(request.user) if may_manage.ok else [],
        "is_open": unit.closed_on is None or unit.closed_on > clock.today(),
    }
    return render(request, "units/one.html", context)


def _form(name: str, user: User, data: Any = None) -> forms.Form:
    kind = FORMS[name]
    return kind(data, prefix=name, user=user) if name in WITH_USER else kind(data, prefix=name)


@require_POST
@requires(Permission.MANAGE_UNITS)
def change(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """One change of a unit: name, rename, close, leader."""
    unit = _unit(request, code)
    must(request.user, Permission.MANAGE_UNITS, unit)
    form = _form(what, request.user, request.POST)
    if form.is_valid():
        try:
            messages.success(request, CHANGES[what](unit, form.cleaned_data, request.user))
            return redirect("unit", code=code)
        except UnitError as error:
            form.add_error(None, str(error))
    return _page(request, unit, **{what: form})


def _add_name(unit: Unit, given: dict[str, Any], by: User) -> str:
    unit_changes.add_name(unit, name=given["name"], former=given["former"], by=by)
    return f"已增加名称“{given['name']}”，以后台账里写这个名称也能认出{unit.name}。"


def _rename(unit: Unit, given: dict[str, Any], by: User) -> str:
    old = unit.name
    unit_changes.rename(unit, name=given["name"], short_name=given["short_name"], note=given["note"], by=by)
    return f"已更名为{given['name']}，“{old}”留作曾用名。"


def _close(unit: Unit, given: dict[str, Any], by: User) -> str:
    unit_changes.close(unit, on=given["on"], successor=given["successor"], note=given["note"], by=by)
    return f"{unit.name}自{given['on']}起撤并。"


def _put_in_charge(unit: Unit, given: dict[str, Any], by: User) -> str:
    unit_changes.assign_seat(unit, duty=Duty.LEADER_IN_CHARGE, user=given["leader"], by=by)
    return f"{given['leader'].name}分管{unit.name}。"


CHANGES: dict[str, Callable[[Unit, dict[str, Any], User], str]] = {
    "name": _add_name,
    "rename": _rename,
    "close": _close,
    "leader": _put_in_charge,
}


@require_POST
@requires(Permission.MANAGE_UNITS)
def vacate(request: HttpRequest, code: str) -> HttpResponse:
    """Take a leader out of the charge of a unit."""
    unit = _unit(request, code)
    must(request.user, Permission.MANAGE_UNITS, unit)
    number = request.POST.get("user", "")
    leader = people.leaders(request.user).filter(pk=number).first() if number.isdecimal() else None
    if leader is None:
        raise Http404
    unit_changes.vacate_seat(unit, duty=Duty.LEADER_IN_CHARGE, user=leader, by=request.user)
    messages.success(request, f"{leader.name}不再分管{unit.name}。")
    return redirect("unit", code=code)


@requires(Permission.MANAGE_UNITS)
def add(request: HttpRequest) -> HttpResponse:
    """A new unit under one of the own tree."""
    form = UnitForm(request.POST or None, user=request.user, initial={"parent": _root_name()})
    if request.method == "POST" and form.is_valid():
        new = form.new_unit()
        must(request.user, Permission.MANAGE_UNITS, new.parent)
        try:
            unit = unit_changes.add(new, by=request.user)
        except UnitError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已新增{unit.name}。")
            return redirect("unit", code=unit.code)
    return render(request, "units/add.html", {"form": form, "unit_names": _unit_names(request.user)})


def _root_name() -> str:
    root = accounts.county_root()
    return root.name if root else ""


def _unit(request: HttpRequest, code: str) -> Unit:
    unit = units.one(request.user, code)
    if unit is None:
        raise Http404
    return unit


def _may_manage(user: User) -> bool:
    return allowed(user, Permission.MANAGE_UNITS).ok


def _unit_names(user: User) -> list[str]:
    return list(units.directory(user).filter(closed_on=None).order_by("code").values_list("name", flat=True))
