"""A draft in the office's hands: words mended, figures taken anew, laid before the leaders, dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from alerts.rules.letter_words import LONGEST_MARK, mark_problem
from alerts.rules.rounds import Period
from dashboards.models import Bulletin
from dashboards.rules.bulletin_templates import OPENING, Part
from dashboards.rules.bulletins import (
    LONGEST_PROSE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    BulletinKind,
    BulletinState,
    BulletinVerb,
)
from dashboards.rules.snapshots import Snapshot
from dashboards.services.bulletins.composing import composed
from dashboards.services.bulletins.door import BulletinRefused, begin, finish
from dashboards.services.snapshots import take
from issues.services.words import words_given
from townships.models import User


@dataclass(frozen=True, slots=True)
class Edited:
    """What the form of a draft gives back: the words and the choice of parts. Figures are not among it."""

    title: str
    organ: str
    mark: str
    addressed_to: str
    copied_to: str
    parts: Sequence[str]
    counted: Sequence[str]
    prose: Mapping[str, str]


@transaction.atomic
def edit(pk: int, given: Edited, *, by: User, version: int | None = None) -> Bulletin:
    """Store a draft as mended."""
    bulletin = begin(pk, BulletinVerb.EDIT, by, version=version)
    parts = [part.value for part in Part if part.value in given.parts]
    if not parts:
        raise BulletinRefused("至少要选一部分内容。", "parts")
    known = Snapshot(bulletin.snapshot).counted()
    names = (OPENING, *(part.value for part in Part))
    prose = {
        name: words_given(given.prose.get(name, ""), most=LONGEST_PROSE, field=f"prose_{name}")
        for name in names
    }
    return finish(
        bulletin,
        BulletinVerb.EDIT,
        by,
        f"修改通报草稿“{bulletin.title}”",
        title=words_given(given.title, most=LONGEST_TITLE, field="title", missing="请填写标题。"),
        organ=words_given(given.organ, most=60, field="organ", missing="请填写发文机关标志。"),
        mark=_mark(given.mark),
        addressed_to=words_given(given.addressed_to, most=200, field="addressed_to"),
        copied_to=words_given(given.copied_to, most=300, field="copied_to"),
        parts=parts,
        counted=[name for name in known if name in given.counted],
        prose={name: text for name, text in prose.items() if text},
    )


def _mark(given: str) -> str:
    mark = words_given(given, most=LONGEST_MARK, field="mark", missing="请填写机关代字。")
    if wrong := mark_problem(mark):
        raise BulletinRefused(wrong, "mark")
    return mark


@transaction.atomic
def refresh(pk: int, *, by: User, version: int | None = None) -> Bulletin:
    """Take the figures anew, as they are known now for the same days; the words stay."""
    bulletin = begin(pk, BulletinVerb.REFRESH, by, version=version)
    period = Period(bulletin.first_on, bulletin.last_on)
    told, taken_at = take(bulletin.campaign, period=period, basis=bulletin.basis, narrowed=bulletin.narrowed)
    summary = f"重新取数“{bulletin.title}”"
    return finish(bulletin, BulletinVerb.REFRESH, by, summary, snapshot=told, taken_at=taken_at)


@transaction.atomic
def submit(pk: int, *, by: User, version: int | None = None) -> Bulletin:
    """Lay the draft before the leaders."""
    bulletin = begin(pk, BulletinVerb.SUBMIT, by, version=version)
    if not composed(bulletin).sections:
        raise BulletinRefused("所选的内容都没有数字和文字，请先修改。")
    summary = f"送签{BulletinKind(bulletin.kind).label}“{bulletin.title}”"
    return finish(bulletin, BulletinVerb.SUBMIT, by, summary, state=BulletinState.PENDING, sent_back_words="")


@transaction.atomic
def take_back(pk: int, *, by: User, version: int | None = None) -> Bulletin:
    """Take it back from the leaders to mend it."""
    bulletin = begin(pk, BulletinVerb.TAKE_BACK, by, version=version)
    summary = f"取回“{bulletin.title}”修改"
    return finish(bulletin, BulletinVerb.TAKE_BACK, by, summary, state=BulletinState.DRAFT)


@transaction.atomic
def drop(pk: int, *, by: User, version: int | None = None) -> Bulletin:
    """Give the draft up; its period is free again."""
    bulletin = begin(pk, BulletinVerb.DROP, by, version=version)
    summary = f"作废通报草稿“{bulletin.title}”"
    return finish(bulletin, BulletinVerb.DROP, by, summary, state=BulletinState.DROPPED)


@transaction.atomic
def send_back(pk: int, words: str, *, by: User, version: int | None = None) -> Bulletin:
    """The leader does not sign it as it is, and says why."""
    bulletin = begin(pk, BulletinVerb.SEND_BACK, by, version=version)
    why = words_given(words, most=LONGEST_WORDS, field="words", missing="请写明退回修改的意见。")
    summary = f"退回“{bulletin.title}”修改：{why}"
    return finish(
        bulletin, BulletinVerb.SEND_BACK, by, summary, state=BulletinState.DRAFT, sent_back_words=why
    )
