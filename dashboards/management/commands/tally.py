"""`tally`: how many, how many left, which township has most, as of any day."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dashboards.rules.asking import EVERY_FILTER, query_from
from dashboards.rules.columns import columns_of, heads, members_of, shown
from dashboards.rules.indicators import indicator
from dashboards.rules.tallies import DIMENSION_LABELS, TallyError
from dashboards.services.tallies import tally
from rectify.lib import clock
from rectify.lib.command import JsonCommand

GAP = "  "


class Command(JsonCommand):
    help = "汇总：应整改、已整改、未整改，其中最多的乡镇；项目的安排、下达、未动工"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", metavar="CODE", help="工作代号（只有一项时可不写）")
        parser.add_argument("--of", default="issues", help="issues 问题，projects 项目")
        parser.add_argument("--by", default="", help="统计维度，如 category,township；不写只有合计")
        parser.add_argument("--as-of", metavar="DATE", help="截至日，默认今天")
        parser.add_argument("--known-at", metavar="TIME", help="只算这一时刻以前登记的记录")
        parser.add_argument("--basis", default="claimed", help="claimed 上报口径，confirmed 核实口径")
        for name in EVERY_FILTER:
            label = DIMENSION_LABELS.get(name, "计量单位")
            parser.add_argument(f"--{name.replace('_', '-')}", metavar="CODE|NAME", help=f"只统计这一{label}")

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns the tally object of design.md section 9."""
        names = ("campaign", "of", "by", "as_of", "known_at", "basis", *EVERY_FILTER)
        given = {name: None if options[name] is None else str(options[name]) for name in names}
        try:
            return tally(query_from(given, today=clock.today())), 0
        except TallyError as error:
            raise CommandError(str(error)) from error

    def render(self, payload: Any) -> str:
        return "\n".join([_table(payload, block) for block in payload["blocks"]] + [payload["sentence"]])


def _table(payload: dict[str, Any], block: dict[str, Any]) -> str:
    """One block as lines of padded columns, the total last."""
    columns = columns_of(payload["of"], block)
    by = payload["by"]
    lines = [[*heads(by), *(indicator(payload["of"], name).name for name in columns)]]
    lines += [[*members_of(row, by), *(shown(row, name) for name in columns)] for row in block["rows"]]
    total = ["合计", *[""] * (len(by) - 1)] if by else []
    lines.append([*total, *(shown(block["total"], name) for name in columns)])
    widths = [max(_width(line[at]) for line in lines) for at in range(len(lines[0]))]
    told = [_line(line, widths, named=len(by)) for line in lines]
    return "\n".join([f"【按{block['counted_in']}】", *told, ""])


def _line(texts: list[str], widths: list[int], *, named: int) -> str:
    """Names to the left, figures to the right."""
    pairs = zip(texts, widths, strict=True)
    padded = [_padded(text, width, right=at >= named) for at, (text, width) in enumerate(pairs)]
    return GAP.join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank
