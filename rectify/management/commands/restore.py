"""Restore what `backup` wrote, into SQLite or PostgreSQL."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from rectify import demo
from rectify.archive import read
from rectify.lib.command import JsonCommand
from rectify.supervisor import AlreadyHeldError, Lock
from townships.models import Unit


class Command(JsonCommand):
    help = "从备份文件恢复数据库和附件；已有数据时须加 --yes，原有数据会被替换。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="backup 命令写出的文件")
        parser.add_argument("--yes", action="store_true", help="同意替换现有的全部数据")

    def run(self, **options: Any) -> tuple[dict[str, Any], int]:
        try:
            lock = Lock(settings.VAR_DIR / "up.lock")
        except AlreadyHeldError as error:
            raise CommandError(f"系统正在运行（{error.note}）：请先停止，再恢复。") from error
        try:
            with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=".restore-") as scratch:
                return self._restore(Path(options["file"]), Path(scratch), agreed=options["yes"]), 0
        except read.BackupError as error:
            raise CommandError(str(error)) from error
        finally:
            lock.release()

    def _restore(self, source: Path, scratch: Path, *, agreed: bool) -> dict[str, Any]:
        manifest = read.unpack(source, scratch)
        call_command("migrate", interactive=False, verbosity=0)
        read.refuse_other_schema(manifest)
        if not agreed and Unit.objects.exists():
            raise CommandError("数据库里已有数据，恢复会把它们全部替换：确认要这样做，请加 --yes。")
        rows = read.replace_all(scratch, manifest, settings.PRIVATE_FILES_DIR)
        cache.clear()
        demo.restored(settings.VAR_DIR, settings.DATABASE_URL, manifest.demo_day)
        return read.summary(manifest, rows)

    def render(self, payload: dict[str, Any]) -> str:
        return (
            f"已恢复 {payload['made_at'][:10]} 的备份（{payload['version']} 版）："
            f"{payload['rows']} 行、{payload['files']} 个附件。"
        )
