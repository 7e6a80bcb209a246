"""The list of letters, one letter as a paper with its history, its frozen files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from alerts.access import letter_verdicts, reads_full_edition
from alerts.models import Letter
from alerts.queries import letters as queries
from alerts.queries.letter_papers import FULL, MASKED, paper_of
from alerts.rules.letter_filters import KIND_WORDS, OWNERS, STATE_WORDS, LetterFilter
from alerts.rules.letters import UNSENT, WAITING_FOR, LetterState, LetterVerb
from alerts.services.letters import editing, printing
from alerts.services.letters.answering import path_of
from alerts.services.letters.door import LetterRefused
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web import bars
from townships.web.conditional import unless_changed
from townships.web.requires import requires

P = Permission
LETTERS = (P.WRITE_LETTERS, P.SIGN_LETTERS, P.ANSWER_LETTERS)
"""Who has to do with letters: the office, leaders, the people of units."""
PATH, SIZE = "/letters/", 50
CRUMBS = [("函件", PATH)]
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
AT_ONCE = (LetterVerb.SUBMIT, LetterVerb.TAKE_BACK, LetterVerb.SIGN, LetterVerb.RECEIVE)
"""Done with one press on the letter's own page, where the paper stands; the others ask words first."""
PRIMARY = {
    LetterState.DRAFT: LetterVerb.SUBMIT,
    LetterState.PENDING: LetterVerb.SIGN,
    LetterState.SIGNED: LetterVerb.RECEIVE,
    LetterState.RECEIVED: LetterVerb.ANSWER,
    LetterState.ANSWERED: LetterVerb.ACCEPT,
}


@require_GET
@requires(*LETTERS)
@unless_changed
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters in sight that the filter finds, newest first."""
    try:
        wanted = LetterFilter.from_params(request.GET.dict(), today=clock.today())
        context = _listing(request, wanted)
    except FilterRefused as refused:
        context = {"refused": refused.reasons}
        return render(request, "letters/refused.html", context, status=HTTPStatus.BAD_REQUEST)
    return render(request, "letters/list.html", context)


def _listing(request: HttpRequest, wanted: LetterFilter) -> dict[str, Any]:
    user, today = request.user, clock.today()
    campaign = request.frame.campaign
    wanted = wanted.with_(campaign=campaign.code if campaign else "", page=wanted.page)
    seen = Letter.objects.visible_to(user)
    found = queries.filtered(seen, wanted, user, today)
    count = found.count()
    pager = bars.pager(PATH, wanted, count, SIZE)
    start = (pager.number - 1) * SIZE
    units = {unit.code: unit.name for unit in queries.units_of(seen)}
    words = {"kind": KIND_WORDS, "state": STATE_WORDS, "unit": units, "by": OWNERS}
    writes = allowed(user, P.WRITE_LETTERS).ok
    is_office = writes or allowed(user, P.SIGN_LETTERS).ok
    states = {
        value: word
        for value, word in STATE_WORDS.items()
        if is_office or value not in {state.value for state in UNSENT}
    }
    offered = [
        ("kind", "种类", list(KIND_WORDS.items())),
        ("state", "状态", list(states.items())),
        ("unit", "主送单位", list(units.items()) if len(units) > 1 else []),
        ("by", "起草人", list(OWNERS.items()) if writes else []),
    ]

    def said(name: str, value: Any) -> str:
        return str(words.get(name, {}).get(str(value), value))

    years = [(str(year), f"{year}年") for year in queries.years_of(seen)]
    selects = bars.selects(wanted, offered, said)
    if len(years) > 1:
        selects.append(bars.Select("year", "年份", str(wanted.year or ""), years))
    return {
        "wanted": wanted,
        "lines": queries.lines(found[start : start + SIZE], today),
        "count": count,
        "pager": pager,
        "selects": selects,
        "chips": bars.chips(PATH, wanted, said, {}),
        "kept": [("campaign", wanted.campaign)] if wanted.campaign else [],
        "clear_url": bars.address(PATH, LetterFilter(campaign=wanted.campaign)),
        "writes": writes,
        "is_my_drafts": wanted.state == "draft" and wanted.by == "mine",
    }


@require_GET
@requires(*LETTERS)
@unless_changed
def letter_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: the paper beside what was done and what can be done."""
    letter = found(request, pk)
    return render(request, "letters/one.html", _page(request, letter))


def found(request: HttpRequest, pk: int) -> Letter:
    """The letter in sight; else there is no such page."""
    letter = queries.letter_of(request.user, pk)
    if letter is None:
        raise Http404("没有这份函件")
    return letter


def _page(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    user, today = request.user, clock.today()
    verdicts = letter_verdicts(user, letter)
    state = LetterState(letter.state)
    is_full = reads_full_edition(user, letter)
    return {
        "letter": letter,
        "line": queries.line_of(letter, today),
        "paper": paper_of(letter, today, is_full=is_full),
        "offers": [
            (verb, verb in AT_ONCE, PRIMARY.get(state) is verb)
            for verb in _in_turn(state)
            if verdicts[verb].ok
        ],
        "waits_for": WAITING_FOR.get(state, ""),
        "items": queries.item_lines(letter, user),
        "replies": queries.replies_of(letter),
        "moments": queries.history_of(letter, user),
        "files": [
            (file.format, file.sha256, file.size)
            for file in letter.files.filter(edition=_edition(letter, is_full))
        ],
        "is_masked": MASKED in letter.frozen and not is_full,
        "is_old_news": state is LetterState.DRAFT and letter.facts_on != today and letter.items.exists(),
        "is_draft": state in UNSENT,
        "recalled_in": Letter.objects.visible_to(user)
        .filter(recalls=letter)
        .exclude(state="dropped")
        .first(),
        "crumbs": CRUMBS,
    }


def _in_turn(state: LetterState) -> list[LetterVerb]:
    """The next step first."""
    first = PRIMARY.get(state)
    return sorted(LetterVerb, key=lambda verb: verb is not first)


def _edition(letter: Letter, is_full: bool) -> str:
    return FULL if is_full or MASKED not in letter.frozen else MASKED


@require_GET
@requires(*LETTERS)
def letter_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The file as it was frozen, in the edition that the viewer may read."""
    letter = found(request, pk)
    edition = _edition(letter, reads_full_edition(request.user, letter))
    file = letter.files.filter(edition=edition, format=form).first()
    if file is None:
        raise Http404("这份函件还没有签发，没有文件。")
    content = printing.content_of(file)
    if content is None:
        raise Http404("文件不在了，或者已与签发时不同，请告诉管理员从备份中恢复。")
    answer = HttpResponse(content, content_type=TYPES[form])
    named = content_disposition_header(form != "pdf", f"{letter.number}{letter.title}.{form}")
    answer["Content-Disposition"] = named or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_GET
@requires(*LETTERS)
def reply_file(request: HttpRequest, pk: int, reply: int) -> HttpResponse:
    """The paper that came with a reply."""
    letter = found(request, pk)
    kept = letter.replies.filter(pk=reply).exclude(path="").first()
    if kept is None or not path_of(kept).is_file():
        raise Http404("没有这份原件")
    answer = HttpResponse(path_of(kept).read_bytes(), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, kept.file_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@requires(Permission.WRITE_LETTERS)
def submit_many(request: HttpRequest) -> HttpResponse:
    """Lay the ticked drafts before the leaders, each in its own act; those refused are named."""
    done, refused = 0, []
    for text in request.POST.getlist("letter")[:200]:
        try:
            editing.submit(
                int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0, by=request.user
            )
        except LetterRefused as error:
            refused.append(str(error))
        else:
            done += 1
    if done:
        messages.success(request, f"已送签{done}份函件。")
    for words in dict.fromkeys(refused):
        messages.error(request, words)
    if not done and not refused:
        messages.error(request, "没有勾选函件，什么也没有送签。")
    return redirect(f"{reverse('alerts:letters')}?state=draft&by=mine")
