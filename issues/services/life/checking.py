"""核查单: many issues on one sheet to be looked at in one go; each gets its own verification, nothing is
closed by it (W-114)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from issues.access import may
from issues.models import CheckLine, CheckSheet, Issue, Verification
from issues.queries.checks import MOST_LINES
from issues.queries.situations import situations
from issues.rules.records import Method
from issues.rules.workflow import Verb
from issues.services.life.verifying import Check, verify
from issues.services.workflow import Missing, Refused
from projects.models import Campaign
from rectify.lib import clock
from townships.models import User
from townships.services import events, sequences

PREFIX = "HC"
NAMED = 5


@transaction.atomic
def make_sheet(
    campaign: Campaign,
    numbers: Sequence[str],
    by: User,
    *,
    title: str,
    method: Method,
    planned_on: date | None = None,
) -> CheckSheet:
    """A sheet of the issues ``numbers``, in that order; Refused where one may not be verified by ``by``."""
    issues = _issues(campaign, numbers, by)
    if by.unit is None:
        raise Missing
    if not title.strip():
        raise Refused("请填写标题。", "words_missing")
    key = f"{PREFIX}{clock.today().year}"
    sheet = CheckSheet.objects.create(
        campaign=campaign,
        number=f"{key}-{sequences.take(key)[0]:04d}",
        title=title.strip()[:100],
        method=method.value,
        unit=by.unit,
        planned_on=planned_on,
        made_by=by,
        made_at=clock.now(),
    )
    CheckLine.objects.bulk_create(
        CheckLine(sheet=sheet, issue=issue, position=position)
        for position, issue in enumerate(issues, start=1)
    )
    _tell(sheet, "make_check_sheet", f"制核查单{sheet.number}“{sheet.title}”，{len(issues)}项", by)
    return sheet


def verify_line(line: CheckLine, by: User, check: Check) -> Verification:
    """What was found of one line, in its own transaction: those accepted stay, whatever the others do."""
    return verify(line.issue_id, by, check, line=line)


@transaction.atomic
def note_taken_out(sheet: CheckSheet, by: User, *, reason: str, rows: int) -> None:
    """Keep who took the sheet out as a file, and what for; Refused without a purpose."""
    if not reason.strip():
        raise Refused("请写明导出的用途。", "words_missing")
    _tell(sheet, "export", f"导出核查单{sheet.number}，{rows}项，用途：{reason.strip()[:200]}", by)


def _issues(campaign: Campaign, numbers: Sequence[str], by: User) -> list[Issue]:
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise Refused("请至少选一个问题。", "empty")
    if len(wanted) > MOST_LINES:
        raise Refused(f"一张核查单最多{MOST_LINES}项，选了{len(wanted)}项；请分几张。", "too_many")
    visible = Issue.objects.visible_to(by).filter(campaign=campaign, number__in=wanted)
    found = {issue.number: issue for issue in visible.select_related("list__template", "category")}
    unknown = [number for number in wanted if number not in found]
    if unknown:
        raise Refused(f"没有这些问题，或不在您的工作范围内：{_some(unknown)}。", "not_found")
    facts = situations(found.values(), by, clock.today())
    reasons = {number: may(by, Verb.VERIFY, facts[issue.pk]) for number, issue in found.items()}
    barred = [f"{number}（{verdict.reason}）" for number, verdict in reasons.items() if not verdict]
    if barred:
        raise Refused(f"有{len(barred)}项不能由您核查：{_some(barred)}", "not_allowed")
    return [found[number] for number in wanted]


def _some(names: Sequence[str]) -> str:
    more = f"等{len(names)}项" if len(names) > NAMED else ""
    return "、".join(name[:80] for name in names[:NAMED]) + more


def _tell(sheet: CheckSheet, action: str, summary: str, by: User) -> None:
    events.record(subject_type="check_sheet", subject_id=sheet.pk, action=action, summary=summary, by=by)
