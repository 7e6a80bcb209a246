"""`load_county DIR`: the county's units from its CSVs; safe to repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from rectify.lib.command import JsonCommand
from townships.exchange.county import CountyError, read_county
from townships.services import accounts, calendar, units


class Command(JsonCommand):
    help = "从一个文件夹的 CSV 载入县、乡镇、村、部门（可重复运行，只增改、不删除）"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="含 county.csv 等文件的文件夹")

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns the counts of ``units.Loaded``."""
        try:
            county = read_county(options["folder"])
            loaded = units.load_county(county, by=accounts.system_user())
        except (CountyError, units.UnitError) as error:
            raise CommandError(str(error)) from error
        accounts.system_user()  # now that there is a county, it gets its unit
        calendar.seed()
        return loaded.as_facts(), 0

    def render(self, payload: Any) -> str:
        return (
            f"单位：新增{payload['created']}个，更新{payload['updated']}个，未变{payload['unchanged']}个；"
            f"名称新增{payload['names']}个，岗位新增{payload['seats']}个，单位集合更新{payload['sets']}个。"
        )
