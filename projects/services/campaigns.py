"""Campaigns: set one up, correct it. Its lists, programmes and people come later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from projects.models import Campaign
from townships.models import Unit, User
from townships.services import events, revisions

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
DATES = ("start_on", "end_on", "list_lock_on", "plan_due_on")


class CampaignError(Exception):
    """The campaign was not made; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a campaign is made of; dates are Beijing dates, each may be missing (standing work has no end)."""

    code: str
    name: str
    unit: Unit
    start_on: date | None = None
    end_on: date | None = None
    list_lock_on: date | None = None
    plan_due_on: date | None = None
    is_demo: bool = False


@transaction.atomic
def create(campaign: NewCampaign, *, by: User | None) -> Campaign:
    """Make the campaign; CampaignError for a bad or taken code, no name, or dates out of order."""
    _check(campaign)
    made = Campaign.objects.create(
        code=campaign.code,
        name=campaign.name.strip(),
        unit=campaign.unit,
        start_on=campaign.start_on,
        end_on=campaign.end_on,
        list_lock_on=campaign.list_lock_on,
        plan_due_on=campaign.plan_due_on,
        is_demo=campaign.is_demo,
    )
    events.record(
        subject_type="campaign",
        subject_id=made.pk,
        action="create",
        summary=f"建立工作“{made.name}”（{made.code}）",
        by=by,
        facts={"code": made.code, "unit": campaign.unit.code, **_dates(campaign)},
    )
    revisions.bump([])
    return made


@transaction.atomic
def change(campaign: Campaign, wanted: NewCampaign, *, by: User) -> bool:
    """Correct name and dates; the code and the unit stay. Returns whether anything changed."""
    held = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _check_content(wanted)
    told = {"name": wanted.name.strip(), **{name: getattr(wanted, name) for name in DATES}}
    changed = [name for name, value in told.items() if getattr(held, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(held, name, told[name])
    held.save(update_fields=changed)
    events.record(
        subject_type="campaign",
        subject_id=held.pk,
        action="change",
        summary=f"修改工作“{held.name}”（{held.code}）",
        by=by,
        facts={"changed": changed, "name": held.name, **_dates(wanted)},
    )
    revisions.bump([])
    return True


def _dates(campaign: NewCampaign) -> dict[str, str]:
    days = {name: getattr(campaign, name) for name in DATES}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _check(campaign: NewCampaign) -> None:
    if not CODE.fullmatch(campaign.code):
        raise CampaignError("工作代号只能用字母、数字、- 和 _，最长 32 个字符。")
    if Campaign.objects.filter(code=campaign.code).exists():
        raise CampaignError(f"代号 {campaign.code} 已被另一项工作使用。")
    _check_content(campaign)


def _check_content(campaign: NewCampaign) -> None:
    if not campaign.name.strip():
        raise CampaignError("工作名称不能为空。")
    if len(campaign.name.strip()) > 100:
        raise CampaignError("工作名称最长 100 个字。")
    start, end = campaign.start_on, campaign.end_on
    if start and end and end < start:
        raise CampaignError(f"结束日期 {end.isoformat()} 早于开始日期 {start.isoformat()}。")
    lock, plan = campaign.list_lock_on, campaign.plan_due_on
    if lock and plan and plan < lock:
        raise CampaignError(f"整改计划期限 {plan.isoformat()} 早于清单锁定日期 {lock.isoformat()}。")
    if end and lock and lock > end:
        raise CampaignError(f"清单锁定日期 {lock.isoformat()} 晚于结束日期 {end.isoformat()}。")
