"""自查漏报: the unit explains, the office rules; every suspicion in sight on one page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from issues.access import may, may_explain, may_rule
from issues.models import Omission
from issues.queries.omissions import OmissionLine, of_campaign, omission_line
from issues.queries.sight import issue_in_sight
from issues.queries.situations import situation_of
from issues.rules.omissions import Ruling
from issues.rules.workflow import Verb
from issues.services.life import omissions
from issues.services.workflow import Missing, Refused
from issues.web.acts.fields import words_field
from issues.web.list_access import posted
from rectify.lib import clock
from townships.access import Verdict
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.web.requires import requires

MEANING = {
    Ruling.OMITTED: "签字报送时已经存在，应当列而没有列",
    Ruling.NOT_OMITTED: "报送以后才发生，或者不属于这次自查的范围",
    Ruling.SAME: "清单中另有一条说的就是它，核定后提请合并",
}


class ExplainForm(forms.Form):
    words = words_field(
        "情况说明",
        help_text="写清自查时是否到过这一户或这一处、当时的情况、为什么没有列入。核定以前可以修改。",
    )


class RuleForm(forms.Form):
    ruling = forms.ChoiceField(
        label="核定",
        choices=[(ruling.value, f"{ruling.label}：{told}") for ruling, told in MEANING.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核定结果。"},
    )
    words = words_field("理由", help_text="写清依据，单位看得到。")


def offered(request: HttpRequest, line: OmissionLine | None) -> dict[str, Any]:
    """What an issue's page shows of the suspicion, and what the viewer may do about it."""
    if line is None:
        return {"omission": None}
    ruling = may_rule(request.user, line)
    rules_on = holds(Role(request.user.role), Permission.RULE_OMISSIONS)
    return {
        "omission": line,
        "may_explain": may_explain(request.user, line),
        "may_rule": ruling,
        "why_not_rule": ruling.reason if rules_on and not line.ruling and line.now.stands else "",
    }


@require_GET
@requires(Permission.SEE_ISSUES)
def page(request: HttpRequest) -> HttpResponse:
    """Suspicions of the campaign that the viewer sees, by whose turn it is."""
    campaign = request.frame.campaign
    found = of_campaign(campaign, request.user) if campaign else None
    return render(request, "issues/omissions.html", {"omissions": found, "crumbs": [("工作台", "/")]})


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ISSUES)
def explain(request: HttpRequest, number: str) -> HttpResponse:
    """The unit's words; those said before stand in the form."""

    def do(given: dict[str, Any]) -> Omission:
        return omissions.explain(number, request.user, words=given["words"])

    line = _line(request, number)
    known = {"words": line.omission.explanation} if line.omission else {}
    form = ExplainForm(posted(request), initial=known)
    return _act(request, line, "说明自查漏报情况", form, may_explain(request.user, line), do)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ISSUES)
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """The office's ruling with its ground; what is the same as another goes on to be merged."""

    def do(given: dict[str, Any]) -> Omission:
        ruling = Ruling(given["ruling"])
        return omissions.rule(number, request.user, ruling=ruling, words=given["words"])

    line = _line(request, number)
    form = RuleForm(posted(request))
    return _act(request, line, "核定自查漏报", form, may_rule(request.user, line), do)


def _line(request: HttpRequest, number: str) -> OmissionLine:
    issue = issue_in_sight(number, request.user)
    line = omission_line(issue, request.user) if issue else None
    if line is None:
        raise Http404("没有这个页面")
    return line


def _act(
    request: HttpRequest,
    line: OmissionLine,
    label: str,
    form: forms.Form,
    verdict: Verdict,
    do: Callable[[dict[str, Any]], Omission],
) -> HttpResponse:
    """The form, where it may be done; a refusal keeps what was typed."""
    reason, status = verdict.reason, HTTPStatus.OK if verdict.ok else HTTPStatus.CONFLICT
    if verdict.ok and request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return _done(request, line, do(form.cleaned_data))
            except Missing as missing:
                raise Http404(str(missing)) from missing
            except Refused as refused:
                reason, status = str(refused), HTTPStatus.CONFLICT
    context = {
        "issue": line.issue,
        "line": line,
        "label": label,
        "form": form if verdict.ok else None,
        "reason": reason,
        "crumbs": [("问题清单", "/issues/"), (line.issue.number, f"/issues/{line.issue.number}/")],
    }
    return render(request, "issues/omission.html", context, status=status)


def _done(request: HttpRequest, line: OmissionLine, made: Omission) -> HttpResponse:
    number = line.issue.number
    if not made.ruling:
        messages.success(request, "已说明，等整改办核定。")
        return redirect("issues:detail", number=number)
    messages.success(request, f"已核定：{Ruling(made.ruling).label}。")
    merging = Verb.PROPOSE_MERGER
    if made.ruling == Ruling.SAME and may(
        request.user, merging, situation_of(line.issue, request.user, clock.today())
    ):
        messages.success(request, "请写明并入哪一条，提请合并。")
        return redirect("issues:act", number=number, verb=merging.value)
    return redirect("issues:detail", number=number)
