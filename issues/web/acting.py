"""The page of one act on one issue, and the panel that says what may be done and why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from issues.access import may, verdicts
from issues.models import Issue
from issues.queries.sight import issue_in_sight
from issues.queries.situations import situation_of
from issues.queries.story import load_issue
from issues.rules.offering import is_next, place
from issues.rules.stages import State
from issues.rules.workflow import TABLE, Verb
from issues.services.workflow import Missing, Refused, Stale
from issues.web.acts import ACTS
from issues.web.acts.base import Act, ActForm
from rectify.lib import clock
from townships.models import User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.web.requires import requires


@dataclass(frozen=True, slots=True)
class Offer:
    """One verb on an issue's page: ``reason`` "" where it can be done now; ``is_primary``: the next step."""

    verb: Verb
    label: str
    reason: str
    is_primary: bool = False


def offers(issue: Issue, user: User) -> list[Offer]:
    """What this person may ever do to an issue: what can be done now first, the next step of all before it;
    verbs of other roles are left out: who may do them stands in the handbook, not on everybody's page."""
    found = [
        Offer(verb, TABLE[verb].label, verdict.reason)
        for verb, verdict in verdicts(user, issue, clock.today()).items()
        if verb in ACTS and (verdict.ok or _has_role(user, verb))
    ]
    state, is_claimed = State(issue.state), issue.claimed > issue.confirmed
    found.sort(key=lambda offer: (bool(offer.reason), place(offer.verb, state, is_claimed=is_claimed)))
    if found and not found[0].reason and is_next(found[0].verb, state, is_claimed=is_claimed):
        found[0] = replace(found[0], is_primary=True)
    return found


def _has_role(user: User, verb: Verb) -> bool:
    return any(holds(Role(user.role), permission) for permission in TABLE[verb].permissions)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ISSUES)
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The form of one verb; where it is not available, the reason. A refusal keeps what was typed."""
    issue = issue_in_sight(number, request.user)
    known = {one.value: one for one in ACTS}
    if issue is None or verb not in known:
        raise Http404("没有这个页面")
    chosen = known[verb]
    page = ACTS[chosen]
    if request.method == "POST":
        return _perform(request, issue, chosen, page)
    issue = load_issue(issue)
    verdict = may(request.user, chosen, situation_of(issue, request.user, clock.today()))
    form = page.form(issue=issue, user=request.user) if verdict.ok else None
    status = HTTPStatus.OK if verdict.ok else HTTPStatus.CONFLICT
    return _page(request, issue, chosen, page, form, status, reason=verdict.reason)


def _perform(request: HttpRequest, issue: Issue, verb: Verb, page: Act) -> HttpResponse:
    form = page.form(request.POST, request.FILES, issue=issue, user=request.user)
    if form.wants_more:
        return _page(request, issue, verb, page, form, HTTPStatus.OK)
    if not form.is_valid():
        return _page(request, issue, verb, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    given = dict(form.cleaned_data)
    version = given.pop("version", None)
    try:
        done = page.do(issue, request.user, given, version)
    except Missing as missing:
        raise Http404(str(missing)) from missing
    except Stale as stale:
        fresh = page.form(request.POST, request.FILES, issue=load_issue(stale.issue), user=request.user)
        fresh.data = fresh.data.copy()
        fresh.data["version"] = str(stale.issue.version)
        return _page(request, fresh.issue, verb, page, fresh, HTTPStatus.CONFLICT, str(stale), is_stale=True)
    except Refused as refused:
        return _page(request, issue, verb, page, form, HTTPStatus.CONFLICT, reason=str(refused))
    messages.success(request, page.message(done))
    return redirect("issues:detail", number=issue.number)


def _page(
    request: HttpRequest,
    issue: Issue,
    verb: Verb,
    page: Act,
    form: ActForm | None,
    status: HTTPStatus,
    reason: str = "",
    **more: Any,
) -> HttpResponse:
    context = {
        "issue": issue,
        "label": TABLE[verb].label,
        "form": form,
        "reason": reason,
        "takes_files": page.takes_files,
        "crumbs": [("问题清单", "/issues/"), (issue.number, f"/issues/{issue.number}/")],
        **more,
    }
    return render(request, page.template, context, status=status)
