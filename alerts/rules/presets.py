"""Rungs that ship: the default set, in force where a campaign made no rules, and published ones to start from
(practice 4.1). They are data: presets.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.rules.ladder import Colour, Level, Subject
from alerts.rules.rungs import RungSpec
from townships.rules.roles import Duty

DEFAULT = "default"
Rungs = tuple[RungSpec, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of rungs for all subjects; ``note`` says where it comes from and what it does."""

    code: str
    name: str
    note: str
    rungs: Rungs


@lru_cache(maxsize=1)
def presets() -> dict[str, Preset]:
    """Code → preset; a subject that one says nothing of follows the default."""
    told = json.loads(Path(__file__).with_name("presets.json").read_text(encoding="utf-8"))
    default = next(one["rungs"] for one in told if one["code"] == DEFAULT)
    return {
        one["code"]: Preset(one["code"], one["name"], one["note"], _rungs({**default, **one["rungs"]}))
        for one in told
    }


def default_rungs() -> Rungs:
    """The rungs of a campaign that has made no rules (W-082)."""
    return presets()[DEFAULT].rungs


def _rungs(by_subject: Mapping[str, list[dict[str, Any]]]) -> Rungs:
    return tuple(_rung(Subject(subject), told) for subject, rungs in by_subject.items() for told in rungs)


def _rung(subject: Subject, told: Mapping[str, Any]) -> RungSpec:
    return RungSpec(
        subject=subject,
        level=Level(told["level"]),
        days=told["days"],
        colour=Colour(told["colour"]),
        word=told["word"],
        duties=tuple(Duty(duty) for duty in told["duties"]),
        repeats=tuple(told["repeats"]),
        points=told.get("points"),
        is_urgent=told.get("urgent", False),
    )
