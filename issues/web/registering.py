"""登记: an issue by hand, in a unit's own part or, by the office, in any list; doubles are shown first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from issues.models import Issue, IssueList, Part
from issues.queries.parts import part_seen
from issues.queries.repeats import suspected
from issues.queries.selfchecks import already_listed, self_check_of
from issues.rules.selfchecks import Finding, is_outside
from issues.services.life import registering
from issues.services.workflow import Missing, Refused
from issues.web.acts.fields import unit_names
from issues.web.list_access import managed, posted
from issues.web.registering_forms import RegisterForm
from townships.rules.permissions import Permission
from townships.web.requires import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_LISTS)
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """The office adds an issue; a locked list asks for reason and document."""
    listed = managed(request, pk)
    form = RegisterForm(posted(request), listed=listed, user=request.user)
    twins: list[Any] = []
    known: list[Issue] = []
    if request.method == "POST" and form.is_valid():
        known = _known(form, listed)
        twins = [one for one in _twins(request, form, listed) if one not in known]
        if not twins and not known:
            try:
                issue = registering.register(
                    listed.pk, form.typed(), form.belongs(), request.user, why=form.why()
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"已登记，编号{issue.number}。{_missed(issue, request)}")
                return redirect("issues:one_list", pk=listed.pk)
    more = {"known": known, "names": unit_names(request.user)}
    return _page(request, form, listed, twins, f"/lists/{listed.pk}/", **more)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ISSUE)
def register_own(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit adds what it found itself, until its head has signed."""
    part = part_seen(request.user, pk, own=True)
    if part is None:
        raise Http404("没有这份分工")
    form = RegisterForm(posted(request), listed=part.list, user=request.user, part=part)
    twins: list[Any] = []
    reason = _closed(part)
    if request.method == "POST" and form.is_valid():
        twins = [] if reason else _twins(request, form, part.list)
        if not twins:
            try:
                issue = registering.register_own(part.pk, form.typed(), form.belongs(), request.user)
            except Missing as missing:
                raise Http404(str(missing)) from missing
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"已登记，编号{issue.number}。")
                return redirect("issues:part", pk=part.pk)
    return _page(request, form, part.list, twins, f"/lists/parts/{part.pk}/", part=part, reason=reason)


def _closed(part: Part) -> str:
    """Why the unit can add nothing any more; "" while it can."""
    try:
        registering.refuse_unless_open(part)
    except Refused as refused:
        return str(refused)
    return ""


def _twins(request: HttpRequest, form: RegisterForm, listed: IssueList) -> list[Any]:
    """What it may be the same as, until the person says that it is not."""
    if form.cleaned_data["sure"]:
        return []
    typed, where = form.typed(), form.belongs()
    return suspected(
        listed,
        request.user,
        category=where.category,
        township=where.township,
        village=where.village,
        household=typed.texts.get("household", ""),
        description=typed.description,
    )


def _known(form: RegisterForm, listed: IssueList) -> list[Issue]:
    """What the answering unit's own check has already, where somebody else found it (W-003); until the person
    says that it is another."""
    typed, where = form.typed(), form.belongs()
    if form.cleaned_data["sure"] or not is_outside(typed.texts.get("source") or listed.source):
        return []
    category, township, village = (
        one.pk if one else None for one in (where.category, where.township, where.village)
    )
    household = typed.texts.get("household", "")
    finding = Finding(category, township, village, household, typed.description.strip())
    answering = where.responsible or (where.lead_unit or where.township,)
    return already_listed(listed, finding, [unit for unit in answering if unit is not None])


def _missed(issue: Issue, request: HttpRequest) -> str:
    """What the page says besides where the units' signed checks lack it."""
    check = self_check_of(issue, request.user)
    if check is None or not check.is_suspected:
        return ""
    units = "、".join(dict.fromkeys(part.unit.name for part in check.parts))
    return f"{units}已签字的自查清单中没有，未纳入台账，已列为自查漏报待核。"


def _page(
    request: HttpRequest, form: RegisterForm, listed: IssueList, twins: list[Any], back: str, **more: Any
) -> HttpResponse:
    context = {"form": form, "listed": listed, "twins": twins, "back": back, **more}
    wrong = bool(form.errors or twins or more.get("known"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "lists/register.html", context, status=status)
