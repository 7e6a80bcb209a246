"""Drafting letters: from issues ticked on a list, from one issue, or for units; mending a draft."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from alerts.access import may_letter
from alerts.queries.letter_candidates import MOST, candidates, found_by, named
from alerts.rules.letters import LetterKind, LetterVerb
from alerts.services.letters import drafting, editing
from alerts.services.letters.door import LetterMissing, LetterRefused, LetterStale
from alerts.web.letter_forms import DraftForm, EditForm
from alerts.web.letters import CRUMBS, found
from issues.rules.filters import IssueFilter
from issues.web.acts.fields import unit_names
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.queries.branches import unit_tree
from townships.rules.permissions import Permission
from townships.web.requires import requires

OWN = ("kind", "to", "issue", "basis")
"""Parameters of this page; all others are the filter of the issue list."""


@require_http_methods(["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def draft(request: HttpRequest) -> HttpResponse:
    """Issues to tick and what the letters have in common; a POST drafts one letter a unit."""
    campaign = request.frame.campaign
    if campaign is None:
        raise Http404("还没有工作")
    try:
        rows, is_cut = _candidates(request)
    except FilterRefused as refused:
        return render(
            request, "letters/refused.html", {"refused": refused.reasons}, status=HTTPStatus.BAD_REQUEST
        )
    form = DraftForm(request.POST or None, user=request.user, initial=_started(request))
    ticked = set(request.POST.getlist("issue")) if request.method == "POST" else {row.number for row in rows}
    if request.method == "POST" and form.is_valid():
        try:
            made = drafting.draft(campaign, form.wish(request.POST.getlist("issue")), by=request.user)
        except LetterRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return _drafted(request, made)
    context = {
        "form": form,
        "rows": rows,
        "is_cut": is_cut,
        "most": MOST,
        "ticked": ticked,
        "unit_names": unit_names(request.user),
        "crumbs": CRUMBS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "letters/draft.html", context, status=status)


def _drafted(request: HttpRequest, made: drafting.Drafted) -> HttpResponse:
    for note in made.notes:
        messages.warning(request, note)
    if len(made.letters) == 1:
        messages.success(request, "已起草，请核对后送签。")
        return redirect("alerts:letter", pk=made.letters[0].pk)
    messages.success(request, f"已起草{len(made.letters)}份，每个单位一份；请逐份核对，再送签。")
    return redirect(f"{reverse('alerts:letters')}?state=draft&by=mine")


def _candidates(request: HttpRequest) -> tuple[list[Any], bool]:
    """The rows to tick, and whether there were more than the page shows."""
    campaign, user = request.frame.campaign, request.user
    if numbers := request.GET.getlist("issue")[:MOST]:
        issues = named(user, [text[:20].replace("\x00", "") for text in numbers]).filter(campaign=campaign)
    else:
        given = {name: value for name, value in request.GET.items() if name not in OWN}
        to = request.GET.get("to", "")
        if to and not given.keys() - {"campaign"}:
            given |= {"holder": to, "measure": "overdue"}
        if not given.keys() - {"campaign"}:
            return [], False
        wanted = IssueFilter.from_params(given, today=clock.today())
        issues = found_by(user, wanted.with_(campaign=campaign.code))
    return candidates(issues, clock.today()), len(issues[: MOST + 1]) > MOST


def _started(request: HttpRequest) -> dict[str, str]:
    """What the address already says: the kind, the unit, the ground."""
    kind = request.GET.get("kind", "")
    node = unit_tree().by_code.get(request.GET.get("to", ""))
    return {
        "kind": kind if kind in set(LetterKind) else LetterKind.SUPERVISION.value,
        "units": node.name if node else "",
        "basis": request.GET.get("basis", "").replace("\x00", "")[:200],
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a draft; with ``redraft`` its words are written anew from today's facts."""
    letter = found(request, pk)
    if request.method == "POST" and "redraft" in request.POST:
        return _redraft(request, pk)
    verdict = may_letter(request.user, LetterVerb.EDIT, letter)
    form = EditForm.of(letter, request.user)
    if request.method == "POST":
        form = EditForm(request.POST, letter=letter, user=request.user)
        if form.is_valid() and verdict.ok:
            try:
                editing.edit(pk, form.edited(), by=request.user, version=form.cleaned_data["version"])
            except LetterMissing as missing:
                raise Http404(str(missing)) from missing
            except LetterStale as stale:
                form.data = form.data.copy()
                form.data["version"] = str(stale.letter.version)
                return _edit_page(
                    request, letter, form, HTTPStatus.CONFLICT, now=stale.letter, refused=str(stale)
                )
            except LetterRefused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            else:
                messages.success(request, "已保存。")
                return redirect("alerts:letter", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if not verdict.ok:
        return _edit_page(request, letter, None, HTTPStatus.CONFLICT, refused=verdict.reason)
    return _edit_page(request, letter, form, status)


def _redraft(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        editing.redraft(pk, by=request.user)
    except LetterMissing as missing:
        raise Http404(str(missing)) from missing
    except LetterRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "标题、正文和要求已按今天的情况重写。")
    return redirect("alerts:letter", pk=pk)


def _edit_page(
    request: HttpRequest, letter: Any, form: EditForm | None, status: HTTPStatus, **more: Any
) -> HttpResponse:
    context = {
        "letter": letter,
        "form": form,
        "crumbs": [*CRUMBS, (letter.number or letter.title, f"/letters/{letter.pk}/")],
        **more,
    }
    return render(request, "letters/edit.html", context, status=status)
