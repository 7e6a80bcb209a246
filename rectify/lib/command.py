"""The base of every command: `--json` prints one object alone; exits 0 fine, 1 found wrong, 2 refused."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

FOUND_WRONG = 1
REFUSED = 2


class JsonCommand(BaseCommand):
    """Subclasses give `run` and `render`, and declare their options in `add_options`.

    `run(**options)` returns (payload, exit code): payload is JSON-ready (None prints nothing), code 0 or 1.
    `render(payload)` returns the same for a person, in Chinese.
    A CommandError (one Chinese sentence) or a wrong option goes to stderr and exits 2;
    under `call_command` the CommandError is raised instead.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Declare the command's own options; none by default."""

    def run(self, **options: Any) -> tuple[Any, int]:
        """Do the work; returns (payload, 0 or 1); raises CommandError with one Chinese sentence."""
        raise CommandError("这个命令没有内容。")

    def render(self, payload: Any) -> str:
        """The payload in words; by default the JSON itself."""
        return as_json(payload)

    def handle(self, *args: Any, **options: Any) -> None:
        payload, code = self.run(**options)
        if payload is not None:
            self.stdout.write(as_json(payload) if options["json"] else self.render(payload))
        if code:
            self.stdout.flush()
            sys.exit(code)

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (CommandError, DatabaseError) as error:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            self.stderr.write(_sentence(error))
            sys.exit(REFUSED)


def _sentence(error: CommandError | DatabaseError) -> str:
    if isinstance(error, CommandError):
        return str(error)
    first_line = str(error).strip().split("\n", 1)[0]
    return f"数据库不可用或尚未建表（可先运行 manage.py migrate）：{first_line}"


def as_json(payload: Any) -> str:
    """One line of JSON with Chinese as it is; dates and decimals must be strings already."""
    return json.dumps(payload, ensure_ascii=False)
