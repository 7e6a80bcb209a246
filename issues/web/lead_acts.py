"""What is done to a lead: judged, handed to a unit, verified with a result, made an issue."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from issues.models import IssueList, Lead
from issues.queries import leads as queries
from issues.queries.repeats import suspected
from issues.rules.leads import turning_refusal
from issues.services import leads
from issues.services.leads import NoLead
from issues.services.workflow import Refused
from issues.web.acts.fields import unit_names
from issues.web.lead_forms import CorrectForm, HandForm, JudgeForm, LeadForm, ResultForm, TurnForm
from issues.web.leads import found, show
from issues.web.list_access import posted
from townships.rules.permissions import Permission
from townships.web.requires import requires

judging = requires(Permission.JUDGE_LEADS)
turning = requires(Permission.MANAGE_LISTS)


@require_POST
@judging
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Valid or not, with the reason."""

    def do(lead: Lead, given: dict[str, Any]) -> str:
        is_valid = given["verdict"] == "valid"
        leads.judge(
            lead.pk, is_valid=is_valid, reason=given["reason"], by=request.user, stamp=given["stamp"] or None
        )
        return f"已研判为{'有效' if is_valid else '无效'}。"

    return _act(request, number, JudgeForm, do)


@require_POST
@judging
def hand(request: HttpRequest, number: str) -> HttpResponse:
    """Give the lead to a unit."""

    def do(lead: Lead, given: dict[str, Any]) -> str:
        leads.hand(lead.pk, given["unit"], request.user, stamp=given["stamp"] or None)
        return f"已交{given['unit'].name}办理。"

    return _act(request, number, HandForm, do)


@require_POST
@requires(Permission.RECORD_RESULT)
def result(request: HttpRequest, number: str) -> HttpResponse:
    """The result, once; where there is one, its correction."""

    def record(lead: Lead, given: dict[str, Any]) -> str:
        leads.record_result(lead.pk, given["result"], given["on"], request.user, stamp=given["stamp"] or None)
        return "核实结果已登记。"

    def correct(lead: Lead, given: dict[str, Any]) -> str:
        said = given["result"], given["on"], given["reason"]
        leads.correct_result(lead.pk, *said, request.user, stamp=given["stamp"] or None)
        return "核实结果已更正，原结果留在经过里。"

    is_correction = "reason" in request.POST
    return _act(
        request, number, CorrectForm if is_correction else ResultForm, correct if is_correction else record
    )


def _act(
    request: HttpRequest, number: str, kind: type[LeadForm], do: Callable[[Lead, dict[str, Any]], str]
) -> HttpResponse:
    """Perform it and say so; a refusal shows the lead with what was typed."""
    lead = found(request, number)
    form = kind(request.POST, lead=lead, user=request.user)
    if form.is_valid():
        try:
            said = do(lead, form.cleaned_data)
        except NoLead as missing:
            raise Http404(str(missing)) from missing
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return _after(request, number)
    return show(request, found(request, number), form)


def _after(request: HttpRequest, number: str) -> HttpResponse:
    if queries.one(request.user, number) is None:
        return redirect("issues:leads")
    return redirect("issues:lead", number=number)


@never_cache
@require_http_methods(["GET", "POST"])
@turning
def turn(request: HttpRequest, number: str) -> HttpResponse:
    """The issue that a valid lead becomes: first its list, then what the issue says."""
    lead = found(request, number)
    lists = queries.lists_for(lead)
    listed = next((one for one in lists if str(one.pk) == request.GET.get("list", "")), None)
    context = {
        "number": number,
        "lists": lists,
        "listed": listed,
        "reason": turning_refusal(queries.facts_of(lead)),
    }
    if listed is None:
        return render(request, "leads/turn.html", context)
    form = TurnForm(posted(request), lead=lead, listed=listed, user=request.user)
    twins: list[Any] = []
    if request.method == "POST" and form.is_valid():
        twins = _twins(request, form, listed)
        if not twins:
            try:
                issue = leads.turn(
                    lead.pk, listed.pk, form.typed(), form.belongs(), request.user,
                    why=form.why(), stamp=form.cleaned_data["stamp"] or None,
                )  # fmt: skip
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"已转为问题{issue.number}；问题里不写线索的来源。")
                return _after(request, number)
    wrong = bool(form.errors or twins)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    context |= {"form": form, "twins": twins, "names": unit_names(request.user)}
    return render(request, "leads/turn.html", context, status=status)


def _twins(request: HttpRequest, form: TurnForm, listed: IssueList) -> list[Any]:
    """Issues of the list that it may be the same as, until the person says that it is not."""
    if form.cleaned_data["sure"]:
        return []
    typed, where = form.typed(), form.belongs()
    places = {"category": where.category, "township": where.township, "village": where.village}
    household = typed.texts.get("household", "")
    return suspected(listed, request.user, household=household, description=typed.description, **places)
