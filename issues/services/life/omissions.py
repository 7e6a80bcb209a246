"""自查漏报: the unit explains what its own signed check lacks, the office rules (W-003, W-023).

Not a verb of the workflow's table: nothing of the issue changes. It is put right on the same days whether its
unit should have found it or not, from any state and after it was closed; what is decided is about a signed
check, and it may not open, hold up or close anything. For the same reason the events are the omission's own:
a suspicion in the issue's history would be read by people whom it does not concern."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from issues.access import may_explain, may_rule
from issues.models import Issue, Omission
from issues.queries.omissions import OmissionLine, omission_line
from issues.rules.omissions import Ruling, words_refusal
from issues.services.workflow import Missing, Refused
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.access import Verdict
from townships.models import User
from townships.services import events, revisions


@transaction.atomic
def explain(number: str, by: User, *, words: str) -> Omission:
    """The unit says why its signed check lacks the issue; until the ruling it may say it again, better.

    Raises Missing, or Refused: another unit, ruled on, no suspicion, words too short or with a 密级 mark."""
    line = _held(number, by)
    _permit(may_explain(by, line))
    words = _told(words, "情况说明")
    made = line.omission or Omission(issue=line.issue)
    made.unit, made.explanation, made.explained_by, made.explained_at = by.unit, words, by, clock.now()
    _keep(made, line)
    unit = by.unit.name if by.unit else ""
    _record(line, made, "explain_omission", f"{unit}说明{line.issue.number}的自查漏报情况：{words}", by)
    return made


@transaction.atomic
def rule(number: str, by: User, *, ruling: Ruling, words: str) -> Omission:
    """The office decides: 漏报成立, 不属漏报, or 同一问题, which is then merged by two people as any other.

    Raises Missing, or Refused: unexplained and the days not over, ruled on, of the own unit, no words."""
    line = _held(number, by)
    _permit(may_rule(by, line))
    words = _told(words, "核定理由")
    made = line.omission or Omission(issue=line.issue)
    made.ruling, made.ruling_words, made.ruled_by, made.ruled_at = ruling.value, words, by, clock.now()
    _keep(made, line)
    said = f"核定{line.issue.number}的自查漏报：{ruling.label}。{words}"
    _record(line, made, "rule_omission", said, by, ruling=ruling.value)
    return made


def _held(number: str, by: User) -> OmissionLine:
    """The suspicion as it is once its issue's row is held: two people do not answer at once."""
    Issue.objects.select_for_update(no_key=True).filter(number=number).order_by().first()
    issue = Issue.objects.visible_to(by).select_related("list").filter(number=number).order_by().first()
    line = omission_line(issue, by) if issue else None
    if line is None:
        raise Missing
    return line


def _permit(verdict: Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason)


def _told(words: str, what: str) -> str:
    words = words.replace("\x00", "").strip()
    if reason := words_refusal(words, what):
        raise Refused(reason, "words")
    return words


def _keep(made: Omission, line: OmissionLine) -> None:
    made.save()
    made.parts.set(line.all_parts)


def _record(line: OmissionLine, made: Omission, action: str, summary: str, by: User, **facts: Any) -> None:
    """The event, and the revisions of all whose pages show the issue or one of the signed checks."""
    issue = line.issue
    events.record(
        subject_type="omission",
        subject_id=made.pk,
        action=action,
        summary=mask_text(summary),
        by=by,
        facts={"issue": issue.number, **facts},
    )
    named = issue.units.order_by().values_list("unit_id", flat=True)
    signed = [part.unit_id for part in line.all_parts]
    revisions.bump({issue.township_id, issue.unit_id, issue.lead_unit_id, *named, *signed})


__all__ = ["explain", "rule"]
