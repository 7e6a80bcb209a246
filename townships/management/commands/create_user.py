"""`create_user NAME --role ROLE --unit CODE`: an account; a random password is printed once."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from rectify.lib.command import JsonCommand
from townships.models import Unit
from townships.rules.roles import Role
from townships.services import accounts


class Command(JsonCommand):
    help = "建立账号；不给密码时随机生成、只显示这一次，首次登录须修改"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="NAME", help="用户名")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role], help="角色")
        parser.add_argument("--unit", required=True, metavar="CODE", help="单位代码")
        parser.add_argument("--name", default="", help="姓名（不给时同用户名）")
        parser.add_argument("--title", default="", help="职务")
        parser.add_argument("--password-stdin", action="store_true", help="从标准输入读密码")

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"username", "name", "role", "unit", "password": null unless it was made here}."""
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"没有代码为 {options['unit']} 的单位，请先用 load_county 载入单位。")
        given = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        if given == "":
            raise CommandError("标准输入里没有密码。")
        account = accounts.NewAccount(
            username=options["username"],
            name=options["name"] or options["username"],
            role=Role(options["role"]),
            unit=unit,
            title=options["title"],
            password=given,
        )
        try:
            user, password = accounts.create(account, by=accounts.system_user())
        except accounts.AccountError as error:
            raise CommandError(str(error)) from error
        return {
            "username": user.username,
            "name": user.name,
            "role": user.role,
            "unit": unit.code,
            "password": None if given is not None else password,
        }, 0

    def render(self, payload: Any) -> str:
        made = f"账号 {payload['username']} 已建立。"
        if payload["password"] is None:
            return made
        return f"{made}初始密码（只显示这一次，首次登录须修改）：{payload['password']}"
