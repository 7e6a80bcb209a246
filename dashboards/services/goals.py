"""What the office puts at the head of a campaign's board, and the goals it sets: each set as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from dashboards.models import Focus, Target
from dashboards.rules.pace import Goal, in_order
from issues.models import Category
from projects.models import Campaign, Programme
from rectify.lib import clock
from townships.models import User
from townships.services import events, revisions

MOST_MARKS = 8
MOST_GOALS = 8


class GoalError(Exception):
    """Nothing was set; ``str(error)`` is one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class NewMark:
    """A category or a programme under the name of its field (may be empty: its own)."""

    kind: Category | Programme
    field: str = ""


@transaction.atomic
def set_head(campaign: Campaign, marks: Sequence[NewMark], goals: Sequence[Goal], *, by: User) -> bool:
    """Both together or neither. Returns whether anything changed."""
    has_marks, has_goals = put_first(campaign, marks, by=by), set_goals(campaign, goals, by=by)
    return has_marks or has_goals


@transaction.atomic
def put_first(campaign: Campaign, marks: Sequence[NewMark], *, by: User) -> bool:
    """Show these at the head, in this order, and nothing else. Returns whether anything changed.

    GoalError for one of another campaign, one named twice, or more than eight."""
    _check_marks(campaign, marks)
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    wanted = [(type(mark.kind).__name__, mark.kind.pk, mark.field.strip()) for mark in marks]
    if wanted == _standing_marks(campaign):
        return False
    Focus.objects.filter(campaign=campaign).delete()
    now = clock.now()
    Focus.objects.bulk_create(
        Focus(
            campaign=campaign,
            field=mark.field.strip(),
            category=mark.kind if isinstance(mark.kind, Category) else None,
            programme=mark.kind if isinstance(mark.kind, Programme) else None,
            position=position,
            marked_by=by,
            marked_at=now,
        )
        for position, mark in enumerate(marks)
    )
    names = "、".join(mark.kind.name for mark in marks)
    _record(
        campaign,
        "set_focus",
        f"看板重点设为：{names}" if marks else "看板不再设重点",
        {"marks": [{"code": mark.kind.code, "field": mark.field.strip()} for mark in marks]},
        by,
    )
    return True


def _check_marks(campaign: Campaign, marks: Sequence[NewMark]) -> None:
    if len(marks) > MOST_MARKS:
        raise GoalError(f"重点最多设{MOST_MARKS}项。")
    seen = set()
    for mark in marks:
        if mark.kind.campaign_id != campaign.pk:
            raise GoalError(f"“{mark.kind.name}”不属于这项工作。")
        key = (type(mark.kind), mark.kind.pk)
        if key in seen:
            raise GoalError(f"“{mark.kind.name}”写了两次，一个类别或专项只能属于一个重点领域。")
        seen.add(key)
        if len(mark.field.strip()) > 40:
            raise GoalError("重点领域的名称最长40个字。")


def _standing_marks(campaign: Campaign) -> list[tuple[str, int | None, str]]:
    rows = Focus.objects.filter(campaign=campaign).order_by("position", "id")
    return [
        ("Category", category, field) if category else ("Programme", programme, field)
        for category, programme, field in rows.values_list("category", "programme", "field")
    ]


@transaction.atomic
def set_goals(campaign: Campaign, goals: Sequence[Goal], *, by: User) -> bool:
    """Plan the campaign by these goals and no others. Returns whether anything changed.

    GoalError for two on one day, a later one that asks for no more, one before the campaign, a share that is
    no whole per cent from 1 to 100."""
    ordered = sorted(goals, key=lambda goal: goal.on)
    _check_goals(campaign, ordered)
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    standing = Target.objects.filter(campaign=campaign).order_by("on").values_list("on", "share", "name")
    if [(goal.on, int(goal.share), goal.name.strip()) for goal in ordered] == list(standing):
        return False
    Target.objects.filter(campaign=campaign).delete()
    now = clock.now()
    Target.objects.bulk_create(
        Target(
            campaign=campaign,
            name=goal.name.strip(),
            on=goal.on,
            share=int(goal.share),
            marked_by=by,
            marked_at=now,
        )
        for goal in ordered
    )
    told = "、".join(f"{goal.on.isoformat()}完成{int(goal.share)}%" for goal in ordered)
    _record(
        campaign,
        "set_goals",
        f"节点目标设为：{told}" if goals else "不再设节点目标",
        {"goals": [{"on": goal.on.isoformat(), "share": int(goal.share)} for goal in ordered]},
        by,
    )
    return True


def _check_goals(campaign: Campaign, ordered: Sequence[Goal]) -> None:
    if len(ordered) > MOST_GOALS:
        raise GoalError(f"节点目标最多设{MOST_GOALS}个。")
    for goal in ordered:
        if not 1 <= goal.share <= 100 or goal.share != goal.share.to_integral_value():
            raise GoalError(f"{goal.on.isoformat()}的应完成比例须是1到100之间的整数。")
        if campaign.start_on is not None and goal.on < campaign.start_on:
            raise GoalError(
                f"节点 {goal.on.isoformat()} 早于工作开始的日期（{campaign.start_on.isoformat()}）。"
            )
    if len({goal.on for goal in ordered}) < len(ordered):
        raise GoalError("同一天只能设一个节点目标。")
    if not in_order(ordered):
        raise GoalError("后面的节点应完成的比例须比前面的高。")


def _record(campaign: Campaign, action: str, summary: str, facts: dict[str, object], by: User) -> None:
    events.record(
        subject_type="campaign",
        subject_id=campaign.pk,
        action=action,
        summary=summary,
        by=by,
        facts={"campaign": campaign.code, **facts},
    )
    revisions.bump([])
