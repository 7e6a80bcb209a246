"""`rebuild_tallies`: make cached totals and roll-ups anew from the entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import IntegrityError

from dashboards.services.verification import rebuild
from rectify.lib import clock
from rectify.lib.command import JsonCommand


class Command(JsonCommand):
    help = "按流水重新生成合计和汇总表"

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"ok", "totals", "rows"}: items whose totals were wrong, roll-up rows written."""
        try:
            return rebuild(clock.today()), 0
        except IntegrityError as error:
            raise CommandError("流水本身违反环节先后，不能重建；请先运行 verify_ledger 查看。") from error

    def render(self, payload: Any) -> str:
        return f"已重建：更正{payload['totals']}项合计，写入{payload['rows']}行汇总。"
