"""The light of an item by its campaign's rungs: a colour and the word that goes with it; why it turned.

Overdue itself is ``rectify.lib.lights``: the first day after the date. Rungs say when it is told, and how the
campaign calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alerts.rules.ladder import Colour
from alerts.rules.rungs import RungSpec, reached


@dataclass(frozen=True, slots=True)
class RungLight:
    """A colour, never without its word."""

    colour: Colour
    word: str


CALM = RungLight(Colour.GREEN, "正常")


def light_of(rungs: Sequence[RungSpec], anchor_on: date | None, on: date, behind: int = 0) -> RungLight:
    """The light on ``on`` of something still open; calm below the first rung."""
    rung = reached(rungs, anchor_on, on, behind)
    return CALM if rung is None else RungLight(rung.colour, rung.word)


class TurnCause(StrEnum):
    """Why a light turned; when it calms down, the words of the voided alert say it."""

    TIME = "时间推移"
    RULES = "规则变更"
    EXTENSION = "延期已批准"
    DEADLINE = "期限已变更"
    PROGRESS = "进度变化"
