"""`scan_deadlines`: tell whoever has to be told of a deadline on a day, once; `--preview` only counts."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from alerts.services.scan import scan
from rectify.lib import clock
from rectify.lib.command import JsonCommand


class Command(JsonCommand):
    help = "扫描期限，生成预警；可以重复运行，同一件事不会预警两次"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--date", metavar="日期", help="按哪一天扫描（如 2018-06-06），默认今天，可以是以后"
        )
        parser.add_argument("--preview", action="store_true", help="只计算会生成多少，不写入")

    def run(self, **options: Any) -> tuple[Any, int]:
        outcome = scan(on=_day(options["date"]), preview=options["preview"])
        return {
            "date": outcome.on.isoformat(),
            "created": outcome.created,
            "recipients": outcome.recipients(),
            "skipped": outcome.skipped,
            "preview": outcome.is_preview,
        }, 0

    def render(self, payload: Any) -> str:
        made = "，".join(f"{word}{count}条" for word, count in payload["created"].items()) or "没有新的预警"
        would = "将生成" if payload["preview"] and payload["created"] else ""
        lines = [f"{payload['date']}：{would}{made}，涉及{payload['recipients']}人。"]
        lines += [f"跳过 {one['number']}：{one['why']}" for one in payload["skipped"]]
        if not payload["preview"] and payload["date"] > clock.today().isoformat():
            lines.append("注意：这一天晚于今天，到那一天以前的扫描不再生成预警。")
        return "\n".join(lines)


def _day(text: str | None) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--date 不是日期（应如 2018-06-06）：{text}") from error
