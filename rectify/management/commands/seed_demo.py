"""`seed_demo`: the demo county, its campaign, an account per role, and its ledgers imported for real."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from issues.models import Import
from issues.services.imports import files, running
from projects.models import Campaign
from projects.services import campaigns
from rectify.lib.command import JsonCommand
from townships.exchange.county import read_county
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import accounts, calendar, units

FOLDER = Path(settings.BASE_DIR) / "demo"


class Command(JsonCommand):
    help = "载入演示县：单位、工作、各角色账号和七份台账（演示数据，纯属虚构；可重复运行）"

    def run(self, **options: Any) -> tuple[Any, int]:
        demo = json.loads((FOLDER / "demo.json").read_text(encoding="utf-8"))
        self.stderr.write("正在载入演示县……")
        units.load_county(read_county(FOLDER / "county"), by=accounts.system_user())
        by = accounts.system_user()
        calendar.seed()
        campaign = _campaign(demo["campaign"], by)
        people = _accounts(demo["password"], by)
        loaded = [self._ledger(name, demo["ref_date"], campaign, by) for name in demo["ledgers"]]
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
