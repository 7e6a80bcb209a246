"""`create_token NAME --role ROLE --unit CODE [--days N]`: a token of the API, printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from rectify.lib.command import JsonCommand
from townships.models import Unit
from townships.rules.roles import Role
from townships.services import accounts, tokens


class Command(JsonCommand):
    help = "发放接口令牌，只显示这一次；同名的接口用户可以有多个令牌，停用账号即全部失效"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="接口用户的名称")
        parser.add_argument(
            "--role", default=Role.API_CLIENT.value, choices=[role.value for role in Role], help="角色"
        )
        parser.add_argument("--unit", required=True, metavar="CODE", help="单位代码")
        parser.add_argument("--days", type=int, default=tokens.DAYS, metavar="N", help="有效天数")

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"token", "name", "role", "unit", "expires_at"}."""
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"没有代码为 {options['unit']} 的单位，请先用 load_county 载入单位。")
        try:
            made = tokens.grant(
                name=options["name"],
                role=Role(options["role"]),
                unit=unit,
                days=options["days"],
                by=accounts.system_user(),
            )
        except accounts.AccountError as error:
            raise CommandError(str(error)) from error
        return {
            "token": made.token,
            "name": made.client.username,
            "role": made.client.role,
            "unit": unit.code,
            "expires_at": made.expires_at.isoformat(),
        }, 0

    def render(self, payload: Any) -> str:
        return f"令牌（只显示这一次，{payload['expires_at'][:10]} 到期）：{payload['token']}"
