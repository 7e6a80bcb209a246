"""A draft in the office's hands: mended, written anew, laid before the leaders, taken back, dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from alerts.models import Letter
from alerts.queries.letter_items import item_facts
from alerts.queries.letter_wordings import wording_of
from alerts.rules.letters import (
    KINDS,
    LONGEST_BODY,
    LONGEST_TITLE,
    LetterKind,
    LetterState,
    LetterVerb,
)
from alerts.services.letters.door import LetterRefused, begin, finish
from alerts.services.letters.drafting import NAMED, OPEN, put_copies, reply_due, written
from issues.rules.history import cn_day
from issues.services.words import words_given
from rectify.lib import clock
from townships.models import Unit, User


@dataclass(frozen=True, slots=True)
class Edited:
    """What the form of a draft gives back. ``requirements``: id of the item → its 整改要求; items not named
    are taken out."""

    title: str
    body: str
    demands: str
    basis: str
    contact: str
    reply_due_on: date | None
    copies: Sequence[tuple[str, Unit | None]]
    requirements: Mapping[int, str]


@transaction.atomic
def edit(pk: int, given: Edited, *, by: User, version: int | None = None) -> Letter:
    """Store a draft as mended."""
    letter = begin(pk, LetterVerb.EDIT, by, version=version)
    kind = LetterKind(letter.kind)
    _keep_items(letter, given.requirements)
    if KINDS[kind].needs_items and not letter.items.exists():
        raise LetterRefused(f"{kind.label}至少要有一个问题；不发了请作废草稿。", "items")
    due = reply_due(given.reply_due_on, 0) if KINDS[kind].days else None
    if KINDS[kind].days and due is None:
        raise LetterRefused("请填写回复期限。", "reply_due_on")
    letter.copies.all().delete()
    put_copies(letter, given.copies)
    return finish(
        letter,
        LetterVerb.EDIT.value,
        by,
        f"修改{kind.label}草稿“{letter.title}”",
        title=words_given(given.title, most=LONGEST_TITLE, field="title", missing="请填写标题。"),
        body=words_given(given.body, most=LONGEST_BODY, field="body", missing="请填写正文。"),
        demands=words_given(given.demands, most=LONGEST_BODY, field="demands", missing="请填写要求。"),
        basis=words_given(given.basis, most=200, field="basis"),
        contact=words_given(given.contact, most=60, field="contact"),
        reply_due_on=due,
    )


@transaction.atomic
def redraft(pk: int, *, by: User, version: int | None = None) -> Letter:
    """Write title, text and demands anew from the facts as they stand today."""
    letter = begin(pk, LetterVerb.EDIT, by, version=version)
    kind = LetterKind(letter.kind)
    if kind is LetterKind.RECALL:
        raise LetterRefused("撤回函没有可以重新起草的数字，请直接修改。")
    ids = list(letter.items.order_by("position").values_list("issue_id", flat=True))
    items = item_facts(ids, letter.unit, clock.today())
    words, _ = wording_of(letter.campaign, kind)
    texts = written(words, kind, letter, items, clock.today())
    summary = f"按{cn_day(clock.today())}的情况重新起草{kind.label}“{texts['title']}”"
    fields: dict[str, Any] = {**texts, "facts_on": clock.today()}
    return finish(letter, "redraft", by, summary, **fields)


@transaction.atomic
def submit(pk: int, *, by: User, version: int | None = None) -> Letter:
    """Lay the draft before the leaders."""
    letter = begin(pk, LetterVerb.SUBMIT, by, version=version)
    refuse_unfit(letter)
    summary = f"送签{letter.get_kind_display()}“{letter.title}”，主送{letter.unit.name}"
    return finish(letter, "submit", by, summary, state=LetterState.PENDING, sent_back_words="")


@transaction.atomic
def take_back(pk: int, *, by: User) -> Letter:
    """The author takes it from the leaders' desk to mend it."""
    letter = begin(pk, LetterVerb.TAKE_BACK, by)
    return finish(letter, "take_back", by, f"取回“{letter.title}”修改", state=LetterState.DRAFT)


@transaction.atomic
def drop(pk: int, *, by: User) -> Letter:
    """The draft will not be sent; its issues are free for another notice."""
    letter = begin(pk, LetterVerb.DROP, by)
    letter.items.update(binds=False)
    return finish(letter, "drop", by, f"作废草稿“{letter.title}”", state=LetterState.DROPPED)


def refuse_unfit(letter: Letter) -> None:
    """LetterRefused where the letter cannot go out as it stands: its reply would be due in the past, or an
    issue in it is open no longer."""
    if letter.reply_due_on is not None and letter.reply_due_on <= clock.today():
        raise LetterRefused(f"回复期限{cn_day(letter.reply_due_on)}已到，请先改期。", "reply_due_on")
    ended = letter.items.exclude(issue__state__in=OPEN).values_list("issue__number", flat=True)
    if names := list(ended[:NAMED]):
        raise LetterRefused(f"这些问题已经办结，请先从函件中去掉：{'、'.join(names)}。", "items")


def _keep_items(letter: Letter, requirements: Mapping[int, str]) -> None:
    """The items named stay, each with its requirement; the others leave the letter."""
    for item in letter.items.all():
        if item.pk not in requirements:
            item.delete()
            continue
        item.requirement = words_given(
            requirements[item.pk], most=300, field="items", missing="请写明每个问题的整改要求。"
        )
        item.save(update_fields=["requirement"])
