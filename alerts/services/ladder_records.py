"""约谈 and 移交 written down: who, when, in which words. Nothing happens by itself (design, section 8)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from alerts.models import Alert, LadderRecord
from alerts.models.records import RECORDED
from alerts.rules.ladder import LADDER
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events


class RecordRefused(Exception):
    """Nothing was stored; ``str(error)`` says why in Chinese."""


@transaction.atomic
def record(alert: Alert, *, person: str, happened_on: date, words: str, by: User) -> LadderRecord:
    """Write down that the rung of ``alert`` was climbed: ``person`` was talked to, or took it over.

    RecordRefused: not permitted, another rung, a day to come, no person or words."""
    verdict = allowed(by, Permission.MANAGE_ALERTS, alert)
    if not verdict:
        raise RecordRefused(verdict.reason)
    if alert.height not in RECORDED:
        raise RecordRefused("只有约谈和移交需要登记。")
    if happened_on > clock.today():
        raise RecordRefused(f"日期{happened_on}还没有到。")
    if not person.strip() or not words.strip():
        raise RecordRefused("请写明约谈了谁或移交给谁，以及情况。")
    made = LadderRecord.objects.create(
        campaign_id=alert.campaign_id,
        item_kind=alert.item_kind,
        item_id=alert.item_id,
        number=alert.number,
        height=alert.height,
        unit_id=alert.unit_id,
        person=person.strip(),
        happened_on=happened_on,
        words=mask_text(words.strip()),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    level = LADDER[alert.height - 1].label
    events.record(
        subject_type=alert.item_kind,
        subject_id=alert.item_id,
        action="record_rung",
        summary=f"{alert.number}：{level}，{made.person}，{happened_on}：{made.words}",
        by=by,
        facts={"record": made.pk},
    )
    return made
