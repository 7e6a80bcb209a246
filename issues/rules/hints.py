"""Hints against paper rectification (核查提示): what a verifier should look at, never a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final

from issues.rules.history import cn_day, plain
from issues.rules.records import RESULTS, EvidenceKind

ALIKE: Final = 0.9
LEAST_LETTERS: Final = 12
"""A shorter sentence is everybody's: 正在整改中."""
MANY: Final = Decimal(10)
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Shot:
    """A standing file of evidence. ``also_on``: numbers of other issues that hold the same picture, "" for
    those the reader does not see."""

    kind: EvidenceKind
    name: str
    taken_on: date | None
    also_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a unit wrote in a report; ``order`` grows with time."""

    order: int
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One issue as the hints see it; quantities in ``counted_in``, amounts in 万元. ``claims``: what reports
    moved, in order. ``asks_evidence``: its list's template asks for some."""

    found_on: date
    counted_in: str
    due: Decimal
    claimed: Decimal
    amount_claimed: Decimal
    claims: Sequence[Decimal] = ()
    shots: Sequence[Shot] = ()
    sentences: Sequence[Sentence] = ()
    asks_evidence: bool = False
    was_visited: bool = False


def hints(facts: Facts, others: Iterable[Sentence]) -> list[str]:
    """What to look at, one sentence each; ``others``: what other units wrote."""
    return [*_shots(facts), *_alike(facts.sentences, list(others)), *_one_step(facts), *_unproved(facts)]


def _shots(facts: Facts) -> Iterable[str]:
    for shot in facts.shots:
        if shot.also_on:
            named = "、".join(number for number in shot.also_on if number)
            yield f"照片“{shot.name}”也用在{named or '其他问题'}上。"
        if shot.kind in RESULTS and shot.taken_on is not None and shot.taken_on < facts.found_on:
            yield (
                f"{shot.kind.label}“{shot.name}”的日期是{cn_day(shot.taken_on)}，"
                f"早于问题列入的日期（{cn_day(facts.found_on)}）。"
            )


def _alike(own: Sequence[Sentence], others: Sequence[Sentence]) -> Iterable[str]:
    """Sentences at least 90 % another unit's earlier one; numbers, spaces and marks do not count."""
    known = [(one, bare(one.text)) for one in others]
    for sentence in own:
        letters = bare(sentence.text)
        if len(letters) < LEAST_LETTERS:
            continue
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(letters)
        for other, text in known:
            if other.order < sentence.order and other.unit != sentence.unit and _is_alike(matcher, text):
                yield f"填报的话“{_cut(sentence.text)}”与{other.unit}此前写的几乎相同。"
                break


def _is_alike(matcher: SequenceMatcher[str], text: str) -> bool:
    """The cheap bounds first: most sentences differ in length or letters already."""
    matcher.set_seq1(text)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def bare(text: str) -> str:
    """Letters alone: 完成3户。 and 完成12户 are the same sentence."""
    return _NOT_LETTERS.sub("", text).lower()


def _one_step(facts: Facts) -> Iterable[str]:
    if facts.due >= MANY and facts.claims and facts.claims[0] >= facts.due:
        yield f"完成数量由0一次填报为{plain(facts.claims[0])}{facts.counted_in}，中间没有进展。"


def _unproved(facts: Facts) -> Iterable[str]:
    """无依据 (W-037): money without any proof or visit; a quantity without, where the list asks for proof."""
    if facts.shots or facts.was_visited:
        return
    if facts.amount_claimed > 0:
        yield f"无依据：填报完成金额{plain(facts.amount_claimed)}万元，没有任何佐证，也没有现场核查。"
    elif facts.claimed > 0 and facts.asks_evidence:
        yield f"无依据：填报完成{plain(facts.claimed)}{facts.counted_in}，没有任何佐证，也没有现场核查。"


def _cut(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "…"
