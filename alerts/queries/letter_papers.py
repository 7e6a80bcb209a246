"""The paper of a letter: as it would be printed today, or as it was frozen when it was signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alerts.models import Letter
from alerts.queries.letter_items import item_facts
from alerts.rules.letter_facts import ItemFacts, columns, rows
from alerts.rules.letter_paper import Grid, Paper
from alerts.rules.letters import KINDS, LetterKind, Table
from issues.rules.history import cn_day

ATTACHMENT = "问题清单"
FULL, MASKED = "full", "masked"


def paper_of(letter: Letter, on: date, *, is_full: bool) -> Paper:
    """What is printed for the addressee (``is_full``) or for everybody else. Signed: as it was frozen."""
    if letter.frozen:
        edition = FULL if is_full or MASKED not in letter.frozen else MASKED
        return Paper.thawed(letter.frozen[edition])
    return composed(letter, items_of(letter, on), is_full=is_full)


def items_of(letter: Letter, on: date) -> list[ItemFacts]:
    """The issues of a letter in its order, each with the requirement that the letter names."""
    lines = list(letter.items.order_by("position").values_list("issue_id", "requirement"))
    found = item_facts([pk for pk, _ in lines], letter.unit, on)
    return [
        replace(fact, requirement=said or fact.requirement)
        for fact, (_, said) in zip(found, lines, strict=True)
    ]


def composed(letter: Letter, items: list[ItemFacts], *, is_full: bool) -> Paper:
    """The paper from the letter's own words and its issues as they stand."""
    kind = LetterKind(letter.kind)
    what = KINDS[kind]
    grid = None
    if items and what.table is not Table.NONE:
        cells = rows(kind, items, is_full=is_full)
        grid = Grid(columns(kind), tuple(tuple(row) for row in cells), ATTACHMENT)
    attached = grid if what.table is Table.ATTACHED and len(items) > 1 else None
    return Paper(
        kind=what.label,
        organ=letter.organ,
        number=letter.number,
        title=letter.title,
        addressee=letter.unit.name,
        body=tuple(letter.body.splitlines()),
        demands=tuple(letter.demands.splitlines()),
        table=grid if what.table is Table.IN_TEXT else None,
        attached=attached,
        contact=letter.contact,
        day=cn_day(letter.signed_on) if letter.signed_on else "",
        signer=letter.signed_by.name if letter.signed_by else "",
        copies=tuple(copy.name for copy in letter.copies.all()),
        has_receipt=what.has_receipt,
    )
