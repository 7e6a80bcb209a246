"""manage.py load_templates [DIR]: add the templates that ship; what is there already stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from issues.exchange.shipped import read_templates
from issues.services.life import templates
from issues.services.life.templates import TemplateError
from rectify.lib.command import JsonCommand

SHIPPED = Path(settings.BASE_DIR) / "demo" / "templates"


class Command(JsonCommand):
    help = "载入随系统提供的清单模板；已有的（包括整改办改过的）不动，可重复运行"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", nargs="?", default=str(SHIPPED))

    def run(self, **options: Any) -> tuple[Any, int]:
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"找不到目录：{folder}")
        try:
            added = templates.load(read_templates(folder))
        except (ValueError, TemplateError) as error:
            raise CommandError(str(error)) from error
        return {"added": added}, 0

    def render(self, payload: Any) -> str:
        return f"载入{len(payload['added'])}份清单模板。"
