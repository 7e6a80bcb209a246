"""The page of one act on a letter: what it asks, why it is refused, what was typed kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alerts.access import may_letter
from alerts.models import Letter
from alerts.queries.letter_replies import references
from alerts.rules.letters import LONGEST_WORDS, LetterKind, LetterVerb
from alerts.services.letters import answering, editing, recalling, signing
from alerts.services.letters.door import LetterMissing, LetterRefused
from alerts.web.letter_forms import AnswerForm, ReturnForm, WordsForm
from alerts.web.letters import CRUMBS, LETTERS, found
from issues.rules.records import EvidenceKind
from issues.services.life.evidence import Given, receive
from issues.services.workflow import Refused
from townships.models import User
from townships.web.requires import requires

V = LetterVerb
Given_ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """How a verb is done: ``do`` gives the letter whose page comes next; ``label`` of its words, ``most``
    characters of them; without a label nothing is asked. ``said``: the message afterwards."""

    do: Callable[[Letter, User, Given_], Letter]
    said: str
    label: str = ""
    most: int = 300
    asks: bool = True
    hint: str = ""
    form: type[WordsForm] = WordsForm
    is_danger: bool = False


def _answer(letter: Letter, by: User, given: Given_) -> Letter:
    answering.answer(
        letter.pk,
        given["words"],
        by=by,
        refers=given.get("refers") or [],
        file=given.get("paper"),
        version=given.get("version"),
    )
    return letter


ACTS: dict[LetterVerb, Act] = {
    V.SUBMIT: Act(
        lambda one, by, given: editing.submit(one.pk, by=by, version=given.get("version")), "已送签。"
    ),
    V.TAKE_BACK: Act(lambda one, by, given: editing.take_back(one.pk, by=by), "已取回，可以修改。"),
    V.DROP: Act(lambda one, by, given: editing.drop(one.pk, by=by), "草稿已作废。", is_danger=True),
    V.SIGN: Act(
        lambda one, by, given: signing.sign(one.pk, by=by, version=given.get("version")),
        "已签发，编号成文，送主送单位签收。",
    ),
    V.SEND_BACK: Act(
        lambda one, by, given: signing.send_back(one.pk, given["words"], by=by, version=given.get("version")),
        "已退回起草人修改。",
        "修改意见",
    ),
    V.RECEIVE: Act(lambda one, by, given: answering.receive(one.pk, by=by), "已签收。"),
    V.ANSWER: Act(
        _answer,
        "已回复，等整改办审定。",
        "回复",
        LONGEST_WORDS,
        hint="写清做了什么、还有什么、什么时候完成；没有变化的不用重抄，选上已经报过的材料就可以。",
        form=AnswerForm,
    ),
    V.ACCEPT: Act(
        lambda one, by, given: answering.accept(one.pk, given["words"], by=by, version=given.get("version")),
        "已同意，函件办结。",
        "意见",
        asks=False,
    ),
    V.RETURN: Act(
        lambda one, by, given: answering.return_reply(
            one.pk, given["words"], by=by, due_on=given.get("due_on"), version=given.get("version")
        ),
        "已退回，单位须重新回复。",
        "退回的理由",
        form=ReturnForm,
    ),
    V.RECALL: Act(
        lambda one, by, given: recalling.draft_recall(one.pk, given["words"], by=by),
        "撤回函已起草，签发以后原函件停止执行。",
        "撤回的理由",
        200,
        hint="印在撤回函里，如 问题已并入另案办理。",
    ),
}


@require_http_methods(["GET", "POST"])
@requires(*LETTERS)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of one verb; where it is not available, the reason."""
    letter = found(request, pk)
    chosen = next((one for one in ACTS if one.value == verb), None)
    if chosen is None:
        raise Http404("没有这个页面")
    page = ACTS[chosen]
    verdict = may_letter(request.user, chosen, letter)
    if not verdict.ok:
        return _page(request, letter, chosen, None, HTTPStatus.CONFLICT, verdict.reason)
    form = _form(request, letter, page)
    if request.method != "POST":
        return _page(request, letter, chosen, form, HTTPStatus.OK)
    if not form.is_valid():
        return _page(request, letter, chosen, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _perform(request, letter, chosen, form)


def _perform(request: HttpRequest, letter: Letter, verb: LetterVerb, form: forms.Form) -> HttpResponse:
    page = ACTS[verb]
    try:
        given = {**form.cleaned_data, "paper": _received(form)}
        done = page.do(letter, request.user, given)
    except LetterMissing as missing:
        raise Http404(str(missing)) from missing
    except LetterRefused as refused:
        if refused.field in form.fields:
            form.add_error(refused.field, str(refused))
            return _page(request, letter, verb, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(request, letter, verb, form, HTTPStatus.CONFLICT, str(refused))
    messages.success(request, page.said)
    return redirect("alerts:letter", pk=done.pk)


def _form(request: HttpRequest, letter: Letter, page: Act) -> forms.Form:
    """The form of the act, filled with what was sent; an act without words asks only for the version."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    started = {"version": letter.version}
    if not page.label:
        form = WordsForm(*sent, label="", most=0, asks=False, hint="", initial=started)
        del form.fields["words"]
        return form
    asked: dict[str, Any] = {"label": page.label, "most": page.most, "asks": page.asks, "hint": page.hint}
    if page.form is AnswerForm:
        offered = references(letter, request.user)
        asked["offered"] = [(one.key, f"{one.issue}　{one.text}") for one in offered]
        asked["asks_paper"] = letter.kind == LetterKind.SELF_CRITICISM
    return page.form(*sent, initial=started, **asked)


def _received(form: forms.Form) -> Given | None:
    """The paper that was sent, recognised; LetterRefused where it is none."""
    upload = form.cleaned_data.get("paper")
    if upload is None:
        return None
    try:
        return receive(EvidenceKind.DOCUMENT, upload.name or "", upload)
    except Refused as refused:
        raise LetterRefused(str(refused), "paper") from refused


def _page(
    request: HttpRequest,
    letter: Letter,
    verb: LetterVerb,
    form: forms.Form | None,
    status: HTTPStatus,
    reason: str = "",
) -> HttpResponse:
    context = {
        "letter": letter,
        "verb": verb,
        "form": form,
        "reason": reason,
        "is_danger": ACTS[verb].is_danger,
        "takes_files": isinstance(form, AnswerForm),
        "crumbs": [*CRUMBS, (letter.number or letter.title, f"/letters/{letter.pk}/")],
    }
    return render(request, "letters/act.html", context, status=status)
