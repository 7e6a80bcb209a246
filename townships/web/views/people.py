"""Accounts: the list, one account, new ones by hand or from a roster, the slips with initial passwords."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rectify.lib.sheets.types import UnreadableFile
from townships.access import allowed
from townships.exchange import roster
from townships.models import User
from townships.queries import people
from townships.queries.units import directory, unit_index
from townships.rules.permissions import Permission
from townships.rules.roles import Duty, Role
from townships.services import accounts
from townships.web.forms import AccountForm, ProfileForm, RosterForm
from townships.web.paging import paged, told
from townships.web.requires import must, requires
from townships.web.uploads import stored

STATES = (("active", "启用"), ("initial", "未改初始密码"), ("inactive", "停用"))


@requires(Permission.SEE_ACCOUNTS)
def accounts_list(request: HttpRequest) -> HttpResponse:
    """Accounts under the own tree; filters: q, role, state."""
    wanted = {key: told(request, key) for key in ("q", "role", "state")}
    rows = people.filtered(
        people.accounts_seen_by(request.user), text=wanted["q"], role=wanted["role"], state=wanted["state"]
    )
    context = {
        "pager": paged(request, rows.order_by("unit__path", "username")),
        "wanted": wanted,
        "roles": [(role.value, role.label) for role in Role if role is not Role.API_CLIENT],
        "states": STATES,
        "may_manage": allowed(request.user, Permission.MANAGE_ACCOUNTS).ok,
    }
    return render(request, "people/list.html", context)


@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its initial password is on the answer, and nowhere else."""
    form = AccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = accounts.create(form.account(), by=request.user)
        except accounts.AccountError as error:
            for problem in error.problems:
                form.add_error(None, problem)
        else:
            return _slips(request, [made])
    return render(request, "people/add.html", {"form": form, "units": _unit_names(request.user)})


@requires(Permission.SEE_ACCOUNTS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, and what a 系统管理员 can do with it."""
    account = _account(request, pk)
    may_manage = allowed(request.user, Permission.MANAGE_ACCOUNTS, account)
    form = ProfileForm(request.POST or None, user=request.user, initial=_profile(account))
    if request.method == "POST":
        must(request.user, Permission.MANAGE_ACCOUNTS)
        if form.is_valid() and _changed(request, account, form):
            return redirect("account", pk=pk)
    context = {
        "account": account,
        "seats": [(seat.unit.name, Duty(seat.duty).label) for seat in account.seats.select_related("unit")],
        "form": form,
        "may_manage": may_manage,
        "units": _unit_names(request.user) if may_manage.ok else [],
        "is_self": account.pk == request.user.pk,
    }
    return render(request, "people/one.html", context)


def _profile(account: User) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "unit": account.unit.name if account.unit else "",
        "title": account.title,
    }


def _changed(request: HttpRequest, account: User, form: ProfileForm) -> bool:
    given = form.cleaned_data
    try:
        accounts.change(
            account,
            name=given["name"],
            role=Role(given["role"]),
            unit=given["unit"],
            title=given["title"],
            phone=given["phone"] or account.phone,
            by=request.user,
        )
    except accounts.AccountError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "账号已修改。")
    return True


@never_cache
@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new initial password, shown once; it also ends a lockout."""
    account = _account(request, pk)
    return _slips(request, [(account, accounts.reset_password(account, by=request.user))])


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account off, or on again."""
    account = _account(request, pk)
    try:
        if account.is_active:
            accounts.deactivate(account, by=request.user)
            messages.success(request, f"{account.name}的账号已停用，其岗位已空出。")
        else:
            accounts.activate(account, by=request.user)
            messages.success(request, f"{account.name}的账号已启用。")
    except accounts.AccountError as error:
        messages.error(request, str(error))
    return redirect("account", pk=pk)


@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def load_roster(request: HttpRequest) -> HttpResponse:
    """Accounts from a roster: all rows or none; the answer is the page of slips."""
    form = RosterForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            with stored(form.cleaned_data["file"]) as path:
                rows = roster.read(path, unit_index())
            plan = roster.plan(rows, directory(request.user))
            problems = plan.problems
            if not problems:
                return _slips(request, accounts.create_many(plan.accounts, by=request.user), plan.known)
        except UnreadableFile as error:
            form.add_error("file", str(error))
        except accounts.AccountError as error:
            problems = list(error.problems)
    return render(request, "people/roster.html", {"form": form, "problems": problems})


def _slips(request: HttpRequest, made: list[tuple[User, str]], known: tuple[str, ...] = ()) -> HttpResponse:
    return render(request, "people/slips.html", {"slips": made, "known": known})


def _account(request: HttpRequest, pk: int) -> User:
    account = people.accounts_seen_by(request.user).filter(pk=pk).first()
    if account is None:
        raise Http404
    return account


def _unit_names(user: User) -> list[str]:
    return list(directory(user).filter(closed_on=None).order_by("code").values_list("name", flat=True))
