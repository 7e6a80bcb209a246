"""Leads (线索): what may be said of one, in which order; one judgement, one result (W-007, W-094)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from rectify.lib.secrecy import words_refusal
from townships.rules.roles import Level

SHORTEST = 5
"""Characters: a reason or a result says more than 是 or 已办."""


class LeadView(StrEnum):
    """Which leads the ledger shows."""

    ALL = "all"
    UNJUDGED = "unjudged"
    VALID = "valid"
    INVALID = "invalid"
    OPEN = "open"
    HANDED = "handed"

    @property
    def label(self) -> str:
        return {
            "all": "全部",
            "unjudged": "未研判",
            "valid": "有效",
            "invalid": "无效",
            "open": "未有结果",
            "handed": "交本单位承办",
        }[self.value]


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """How far a lead has come. ``issue``: the number of the issue it became; ``about``: the paths of the
    units it is about, and of those that these were merged into."""

    reported_on: date | None = None
    valid: bool | None = None
    result: str = ""
    issue: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """A unit that a lead may be handed to."""

    name: str
    path: str
    level: Level
    is_open: bool = True


def registering_refusal(description: str, texts: tuple[str, ...], reported_on: date, today: date) -> str:
    """Why it cannot be registered, one sentence; "" where it can."""
    if not description.strip():
        return "请写明线索内容。"
    if reported_on > today:
        return f"报送日期{reported_on.isoformat()}晚于今天。"
    return words_refusal(description, *texts)


def judging_refusal(facts: LeadFacts, *, is_valid: bool, reason: str) -> str:
    """Why it cannot be judged so; a judgement may be changed until the lead has a result."""
    if facts.result:
        return "已登记核实结果，不能再改判；结果有误的，请更正结果。"
    if facts.issue and not is_valid:
        return f"已转为问题{facts.issue}，不能判为无效。"
    return _said(reason, "研判理由")


def handing_refusal(facts: LeadFacts, aim: Aim) -> str:
    """Why it cannot be handed to the unit: never to one that it is about, nor to one above or below that."""
    if facts.valid is False:
        return "已判为无效，不再交办。"
    if facts.result:
        return "已登记核实结果，不再交办。"
    if not aim.is_open:
        return f"{aim.name}已撤并，不能承办。"
    if concerns(facts, aim.path, aim.level):
        return f"线索涉及{aim.name}或其所属单位，不能交其承办。"
    return ""


def concerns(facts: LeadFacts, path: str, level: Level) -> bool:
    """Whether the lead is about the unit at ``path``, or about one above or below it, also where the one it
    names was merged into that. The county, where the office sits, is not concerned by what is said of a place
    in it."""
    is_over = level not in (Level.CITY, Level.COUNTY)
    return any(path.startswith(one) or (is_over and one.startswith(path)) for one in facts.about)


def result_refusal(facts: LeadFacts, result: str, on: date, today: date) -> str:
    """Why the result cannot be recorded: one lead, one result (W-094)."""
    if facts.result:
        return "这条线索已有核实结果；结果有误的，请更正并写明理由。"
    if facts.valid is None:
        return "还没有研判，先判明有效或无效，再登记核实结果。"
    if facts.valid is False:
        return "已判为无效，研判即为结论，不用再登记核实结果。"
    return _dated(facts, result, on, today)


def correcting_refusal(facts: LeadFacts, result: str, on: date, reason: str, today: date) -> str:
    """Why the result cannot be corrected; the earlier one stays in the history."""
    if not facts.result:
        return "还没有登记核实结果，无从更正。"
    return _said(reason, "更正理由") or _dated(facts, result, on, today)


def turning_refusal(facts: LeadFacts) -> str:
    """Why it cannot become an issue."""
    if facts.issue:
        return f"这条线索已转为问题{facts.issue}。"
    if facts.valid is not True:
        return "判为有效的线索才能转为问题。"
    return ""


def share(part: int, whole: int) -> str:
    """9 of 28 as 32.1%; nothing of nothing is —."""
    if not whole:
        return "—"
    return f"{(Decimal(part) * 100 / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _said(words: str, what: str) -> str:
    if len(words.strip()) < SHORTEST:
        return f"请写明{what}，至少{SHORTEST}个字。"
    return words_refusal(words)


def _dated(facts: LeadFacts, result: str, on: date, today: date) -> str:
    if on > today:
        return f"核实日期{on.isoformat()}晚于今天。"
    if facts.reported_on is not None and on < facts.reported_on:
        return f"核实日期{on.isoformat()}早于报送日期{facts.reported_on.isoformat()}。"
    return _said(result, "核实结果")
