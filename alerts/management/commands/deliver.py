"""`deliver`: make the digests that are due and send what waits, by hand; in hours, like the timetable."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from alerts.rules.sending import DeliveryState, is_open
from alerts.services.digests import make_digests
from alerts.services.sending import send_waiting
from rectify.lib import clock
from rectify.lib.command import JsonCommand
from townships.queries.calendar import workdays


class Command(JsonCommand):
    """{"is_open": …, "digests": {"daily", "urgent", "told", "groups"}, "deliveries": {state: rows}}"""

    help = "生成到点的预警汇总并发送；工作日 8:00—20:00 之外什么也不发"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--send-only", action="store_true", help="只发送，不生成新的汇总")

    def run(self, **options: Any) -> tuple[Any, int]:
        made = None if options["send_only"] else asdict(make_digests())
        return {
            "is_open": is_open(clock.now(), workdays()),
            "digests": made,
            "deliveries": send_waiting(),
        }, 0

    def render(self, payload: Any) -> str:
        made, sent = payload["digests"], payload["deliveries"]
        lines = [] if payload["is_open"] else ["现在不是工作日 8:00—20:00，预警留到下一个工作日送达。"]
        if made:
            lines.append(
                f"每日汇总{made['daily']}份，即时送达{made['urgent']}份，告知{made['told']}条，"
                f"群通知{made['groups']}条。"
            )
        words = [f"{DeliveryState(state).label}{count}" for state, count in sorted(sent.items())]
        lines.append(f"外部渠道：{'，'.join(words) or '没有要发送的'}。")
        return "\n".join(lines)
