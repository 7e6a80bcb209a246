"""Back up database and files into one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from rectify import demo
from rectify.archive import write
from rectify.lib.command import JsonCommand


class Command(JsonCommand):
    help = "把数据库和附件备份成一个文件（SQLite 与 PostgreSQL 通用）。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="备份文件，如 rectify-20180606.tar.gz；已有的文件不覆盖")

    def run(self, **options: Any) -> tuple[dict[str, Any], int]:
        target = Path(options["file"]).absolute()
        if target.exists():
            raise CommandError(f"{target} 已经存在，不覆盖；请换一个文件名。")
        if not target.parent.is_dir():
            raise CommandError(f"没有目录 {target.parent}。")
        day = demo.remembered_day(settings.VAR_DIR, settings.DATABASE_URL)
        try:
            return write.write(target, settings.PRIVATE_FILES_DIR, demo_day=day), 0
        except OSError as error:
            raise CommandError(f"备份没有写成：{error.strerror}（{target}）。") from error

    def render(self, payload: dict[str, Any]) -> str:
        return (
            f"已备份到 {payload['file']}：{payload['tables']} 张表、{payload['rows']} 行、"
            f"{payload['files']} 个附件，{payload['bytes'] / 1_000_000:.1f} MB。\n"
            f"SHA-256 {payload['sha256']}\n"
            "含有个人信息，请按规定保管。"
        )
