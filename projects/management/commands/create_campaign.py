"""`create_campaign CODE NAME`: a drive with an end, or standing work without one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.services import campaigns
from rectify.lib.command import JsonCommand
from townships.models import Unit
from townships.services import accounts

DATES = (
    ("--start", "start", "开始日期"),
    ("--end", "end", "结束日期"),
    ("--list-lock", "list_lock", "清单锁定日期"),
    ("--plan-due", "plan_due", "整改计划期限"),
)


class Command(JsonCommand):
    help = "建立一项工作（攻坚行动或常年工作）；日期都可以不给"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="代号，如 gj2018")
        parser.add_argument("name", metavar="NAME", help="名称")
        for option, _, label in DATES:
            parser.add_argument(option, metavar="D", help=f"{label}，如 2018-06-01")
        parser.add_argument("--unit", metavar="CODE", help="所属单位代码（不给时为县本级）")

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"code", "name", "unit", "start_on", "end_on", "list_lock_on", "plan_due_on"}."""
        days = {name: _day(options[name], label) for _, name, label in DATES}
        wanted = campaigns.NewCampaign(
            code=options["code"],
            name=options["name"],
            unit=_unit(options["unit"]),
            start_on=days["start"],
            end_on=days["end"],
            list_lock_on=days["list_lock"],
            plan_due_on=days["plan_due"],
        )
        try:
            made = campaigns.create(wanted, by=accounts.system_user())
        except campaigns.CampaignError as error:
            raise CommandError(str(error)) from error
        told = {name: getattr(made, name) for name in ("start_on", "end_on", "list_lock_on", "plan_due_on")}
        return {
            "code": made.code,
            "name": made.name,
            "unit": made.unit.code,
            **{name: day.isoformat() if day else None for name, day in told.items()},
        }, 0

    def render(self, payload: Any) -> str:
        return f"工作“{payload['name']}”已建立，代号 {payload['code']}。"


def _day(text: str | date | None, label: str) -> date | None:
    if text is None or isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{label}不是日期（应如 2018-06-01）：{text}") from error


def _unit(code: str | None) -> Unit:
    unit = Unit.objects.filter(code=code).first() if code else accounts.county_root()
    if unit is None and code:
        raise CommandError(f"没有代码为 {code} 的单位，请先用 load_county 载入单位。")
    if unit is None:
        raise CommandError("还没有单位，请先用 load_county 载入。")
    return unit
