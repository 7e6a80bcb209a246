"""期限怎么算的: how an issue's date was counted and what moved it since."""

from __future__ import annotations

from datetime import date

from issues.models import Extension, Issue, Pause
from issues.rules import reckoned as words
from issues.rules.reckoned import Asked, Stood
from rectify.lib import clock
from rectify.lib.cn_dates.reckoning import reckon
from rectify.lib.cn_dates.words import Line, cn_day, counting
from rectify.lib.masking import mask_text
from townships.queries.calendar import workdays

IMMEDIATE = "immediate"


def reckoned(issue: Issue) -> list[Line]:
    """Label and sentence of each fact behind the date, the first one first; nothing for an issue without a
    date that never had one. Four queries, the calendar's kept."""
    past = list(issue.past_deadlines.all())
    first = next((one.due_on for one in past if one.due_on), issue.due_on)
    if first is None:
        return []
    raw = past[0].raw if past else issue.deadline_raw
    lines = counting(reckon(raw, anchors(issue), first, workdays())) if raw else []
    if not lines and issue.deadline_class == IMMEDIATE and first > issue.found_on:
        lines = [words.immediate(issue.found_on, first)]
    if not lines:
        lines = [("起算", f"原文写明或者由人确定为{cn_day(first)}。")]
    lines += words.extensions(_asked(one) for one in issue.extensions.order_by("pk"))
    lines += words.pauses(_stood(one) for one in issue.pauses.order_by("pk"))
    if issue.due_on != first:
        now = cn_day(issue.due_on) if issue.due_on else "没有到期日"
        lines.append(("原期限", f"{cn_day(first)}；现在的期限是{now}。"))
    return lines


def anchors(issue: Issue) -> list[date]:
    """The days its text may have been counted from: the file's reference day, the day it was found, the
    sheet's 截至."""
    given = issue.sheet.source.options.get("ref_date") if issue.sheet else None
    days = (date.fromisoformat(given) if given else None, issue.found_on)
    told = issue.sheet.as_of_on if issue.sheet else None
    return [day for day in (*days, told) if day is not None]


def _asked(one: Extension) -> Asked:
    return Asked(
        clock.beijing_date(one.asked_at),
        one.original_due_on,
        one.wanted_on,
        "" if one.decided_at is None else one.get_state_display(),
        one.granted_on,
    )


def _stood(one: Pause) -> Stood:
    document = mask_text(one.document)
    return Stood(one.from_on, one.until_on, document, ended_early=one.ended_at is not None)
