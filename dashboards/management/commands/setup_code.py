"""`setup_code`: the one-time code with which an empty house is set up from another machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from dashboards.services.setup_code import setup_code
from rectify.lib.command import JsonCommand


class Command(JsonCommand):
    help = "显示首次设置码（从别的电脑首次设置时要用；已有账号后没有）"

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"code"}."""
        code = setup_code()
        if not code:
            raise CommandError("已经完成首次设置，没有首次设置码。")
        return {"code": code}, 0

    def render(self, payload: Any) -> str:
        return f"首次设置码：{payload['code']}"
