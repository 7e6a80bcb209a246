"""`seed_demo`: the demo county, its campaign, an account per role, and its ledgers imported for real."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from alerts.models import Collection
from alerts.rules.rounds import Matter, Period, Rhythm
from alerts.services import rounds
from alerts.services.scan import scan
from issues.models import Category, Import, IssueList, ListTemplate
from issues.services import categories
from issues.services.categories import CategoryEdit
from issues.services.imports import files, running
from issues.services.life import templates
from projects.models import Campaign
from projects.services import campaigns
from rectify.demo import DAY
from rectify.lib.command import JsonCommand
from townships.exchange.county import read_county
from townships.models import Unit, User
from townships.rules.roles import Duty, Role
from townships.services import accounts, calendar, units

FOLDER = Path(settings.BASE_DIR) / "demo"


class Command(JsonCommand):
    help = "载入演示县：单位、工作、各角色账号和七份台账（演示数据，纯属虚构；可重复运行）"

    def run(self, **options: Any) -> tuple[Any, int]:
        demo = json.loads((FOLDER / "demo.json").read_text(encoding="utf-8"))
        self.stderr.write("正在载入演示县……")
        call_command("load_templates", stdout=StringIO())
        units.load_county(read_county(FOLDER / "county"), by=accounts.system_user())
        by = accounts.system_user()
        calendar.seed()
        campaign = _campaign(demo["campaign"], by)
        people = _accounts(demo["password"], by)
        loaded = [self._ledger(name, demo["ref_date"], campaign, by) for name in demo["ledgers"]]
        _fields(campaign, demo["departments"], demo["standards"], by)
        for listed in IssueList.objects.filter(
            campaign=campaign, template=None, short_name__in=demo["templates"]
        ):
            chosen = ListTemplate.objects.get(code=demo["templates"][listed.short_name])
            templates.choose(listed, chosen, by=by)
        _in_charge(demo["in_charge"])
        _collections(campaign, demo["collections"])
        scan(on=DAY)
        return {
            "campaign": campaign.code,
            "mark": demo["mark"],
            "accounts": [{"username": user.username, "role": user.role} for user in people],
            "ledgers": loaded,
        }, 0

    def _ledger(self, name: str, ref_date: str, campaign: Campaign, by: User) -> dict[str, Any]:
        """Import one ledger, unless it was: the same file is not brought in twice."""
        path = FOLDER / "ledgers" / name
        done = Import.objects.filter(campaign=campaign, file_name=name, status="done").first()
        if done is None:
            self.stderr.write(f"正在导入《{name}》……")
            with path.open("rb") as stream:
                done = files.receive(
                    stream=stream, file_name=name, by=by, campaign=campaign, options={"ref_date": ref_date}
                )
            outcome = running.execute(done)
            if not outcome.written:
                raise CommandError(f"《{name}》没有导入：{outcome.message}")
            done.refresh_from_db()
        return {"file": name, "rows": done.rows_done}

    def render(self, payload: Any) -> str:
        rows = sum(ledger["rows"] for ledger in payload["ledgers"])
        return f"演示县已载入：{len(payload['ledgers'])}份台账，共{rows}行。{payload['mark']}。"


def _campaign(facts: dict[str, Any], by: User) -> Campaign:
    found = Campaign.objects.filter(code=facts["code"]).first()
    if found is not None:
        return found
    days = {name: date.fromisoformat(day) for name, day in facts.items() if name.endswith("_on")}
    unit = Unit.objects.get(code=facts["unit"])
    new = campaigns.NewCampaign(facts["code"], facts["name"], unit, is_demo=True, **days)
    return campaigns.create(new, by=by)


def _fields(
    campaign: Campaign, departments: dict[str, list[str]], standards: dict[str, Any], by: User
) -> None:
    """Each category's 主管部门 and 整改标准, where the demo names them; what somebody set stays."""
    leads = {name: code for code, names in departments.items() for name in names}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=departments)}
    edits = [
        CategoryEdit(
            category.pk,
            category.name,
            units[leads[category.full_name]],
            standards["texts"].get(category.full_name, ""),
            date.fromisoformat(standards["on"]) if category.full_name in standards["texts"] else None,
        )
        for category in Category.objects.filter(campaign=campaign, department=None, full_name__in=leads)
    ]
    categories.store(campaign, edits, by=by)


def _in_charge(wanted: dict[str, list[str]]) -> None:
    """Which leader is in charge of which units (分管): warnings reach the leader too."""
    for username, codes in wanted.items():
        leader = User.objects.get(username=username)
        for unit in Unit.objects.filter(code__in=codes):
            accounts.fill_seat(unit, Duty.LEADER_IN_CHARGE, leader)


def _collections(campaign: Campaign, wanted: list[dict[str, Any]]) -> None:
    """What units are asked to report, on the word of the demo's leader; once."""
    if Collection.objects.filter(campaign=campaign).exists():
        return
    office = User.objects.filter(is_demo=True, role=Role.OFFICE.value, unit=campaign.unit).get()
    for one in wanted:
        rounds.ask(
            campaign,
            title="",
            rhythm=Rhythm(one["rhythm"]),
            matter=Matter(one["matter"]),
            levels=["township", "department"],
            ground=one["ground"],
            approver="县委副书记",
            period=Period(date.fromisoformat(one["from_on"]), date.fromisoformat(one["until_on"])),
            due_days=one["due_days"],
            grace_days=one["grace_days"],
            door_days=one["door_days"],
            by=office,
        )


def _accounts(password: str, by: User) -> list[User]:
    with (FOLDER / "accounts.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    there = set(User.objects.values_list("username", flat=True))
    by_code = {unit.code: unit for unit in Unit.objects.filter(code__in=[row["unit_code"] for row in rows])}
    new = [
        accounts.NewAccount(
            row["username"],
            row["name"],
            Role(row["role"]),
            by_code[row["unit_code"]],
            title=row["title"],
            password=password,
            is_demo=True,
        )
        for row in rows
        if row["username"] not in there
    ]
    accounts.create_many(new, by=by)
    return list(User.objects.filter(is_demo=True).order_by("username"))
