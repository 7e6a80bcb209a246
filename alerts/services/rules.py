"""Rules of warning: a new version from a day on, never a day that has passed; old ones stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from alerts.models import RuleSet, Rung
from alerts.rules.rungs import RungSpec, problems
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions


class RulesRefused(Exception):
    """Nothing was stored; ``reasons`` are Chinese sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("".join(reasons))
        self.reasons = reasons


@transaction.atomic
def set_rules(
    campaign: Campaign, *, rungs: Sequence[RungSpec], from_on: date, name: str, note: str = "", by: User
) -> RuleSet:
    """The rungs of the campaign from ``from_on`` (today or later) until the next version.

    A version for a day to come replaces one that was set for the same day; one that is in force since today
    stands. RulesRefused: not permitted, in the past, no name, rungs that do not climb."""
    verdict = allowed(by, Permission.MANAGE_ALERTS, campaign)
    if not verdict:
        raise RulesRefused(verdict.reason)
    today = clock.today()
    reasons = problems(rungs)
    if from_on < today:
        reasons.append(f"启用日期{from_on}已经过了，请选今天或以后。")
    if not name.strip():
        reasons.append("请写规则的名称。")
    if not rungs:
        reasons.append("至少要有一个梯级。")
    planned = RuleSet.objects.select_for_update().filter(campaign=campaign, from_on=from_on).first()
    if planned is not None and from_on == today:
        reasons.append("今天已经启用过一版规则，请从明天起再改。")
    if reasons:
        raise RulesRefused(*reasons)
    if planned is not None:
        planned.delete()
    return _store(campaign, rungs, from_on, name.strip(), note.strip(), by)


def _store(
    campaign: Campaign, rungs: Sequence[RungSpec], from_on: date, name: str, note: str, by: User
) -> RuleSet:
    made = RuleSet.objects.create(
        campaign=campaign, from_on=from_on, name=name, note=note, made_by=by, made_at=clock.now()
    )
    Rung.objects.bulk_create(_rung(made, rung) for rung in rungs)
    events.record(
        subject_type="campaign",
        subject_id=campaign.pk,
        action="set_rules",
        summary=f"{campaign.name}的预警规则“{name}”自{from_on}启用，{len(rungs)}个梯级",
        by=by,
        facts={"rules": made.pk, "from_on": from_on.isoformat()},
    )
    revisions.bump([None])
    return made


def _rung(rules: RuleSet, rung: RungSpec) -> Rung:
    return Rung(
        rules=rules,
        subject=rung.subject.value,
        height=rung.height,
        days=rung.days,
        points=None if rung.points is None else Decimal(rung.points),
        colour=rung.colour.value,
        word=rung.word.strip(),
        duties=[duty.value for duty in rung.duties],
        repeats=list(rung.repeats),
        is_urgent=rung.is_urgent,
    )
