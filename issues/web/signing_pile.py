"""The head's signing pile: many plans on one page, each with its content, those that are ticked signed one by
one. Closings have no such page: they are signed each on its own (W-114)."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from issues.access import may
from issues.models import Issue
from issues.queries.issues import filtered
from issues.queries.signatures import ToSign, plans_to_sign
from issues.queries.situations import situations
from issues.rules.filters import IssueFilter
from issues.rules.piles import Pile
from issues.rules.workflow import Verb
from issues.services.life.planning import sign_plan
from issues.services.workflow import Refused
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.rules.permissions import Permission
from townships.web.requires import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ISSUES)
def signing(request: HttpRequest) -> HttpResponse:
    """Plans that wait for this head; a POST signs those ticked and says which were refused and why."""
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today())
        waiting = _waiting(request, wanted.with_(waiting=Pile.HEAD_PLAN.value))
    except FilterRefused as refused:
        context = {"refused": refused.reasons}
        return render(request, "issues/refused.html", context, status=HTTPStatus.BAD_REQUEST)
    if request.method == "POST":
        _sign(request, {str(one.issue.pk): one for one in waiting})
        query = wanted.to_query()
        return redirect(f"{reverse('issues:signing')}{'?' if query else ''}{query}")
    context = {"waiting": waiting, "crumbs": [("工作台", "/")]}
    return render(request, "issues/signing.html", context)


def _waiting(request: HttpRequest, wanted: IssueFilter) -> list[ToSign]:
    """What this person may sign now: as head of an answering unit or by delegation."""
    found = plans_to_sign(filtered(Issue.objects.visible_to(request.user), wanted))
    now = situations([one.issue for one in found], request.user, clock.today())
    return [one for one in found if may(request.user, Verb.SIGN_PLAN, now[one.issue.pk])]


def _sign(request: HttpRequest, waiting: dict[str, ToSign]) -> None:
    """Each ticked plan in its own act, as it was shown; one refused does not hold up the others."""
    signed, refused = 0, []
    for ticked in request.POST.getlist("plan"):
        pk, _, version = ticked.partition(":")
        one = waiting.get(pk)
        if one is None or not version.isdigit():
            refused.append("有一份计划已不在等您签字的计划里，没有签。")
            continue
        try:
            sign_plan(one.issue.pk, request.user, version=int(version))
        except Refused as why:
            refused.append(f"{one.issue.number} 没有签：{why}")
        else:
            signed += 1
    if signed:
        messages.success(request, f"已签字报送{signed}份整改计划。")
    for words in dict.fromkeys(refused):
        messages.error(request, words)
    if not signed and not refused:
        messages.error(request, "没有勾选计划，什么也没有签。")
