"""manage.py import_sheet FILE: a ledger workbook in, its report out (import contract)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from issues.models import IssueList
from issues.queries.imports import campaigns_for
from issues.services.imports import files, running
from issues.services.imports.outcomes import report_json, report_lines
from projects.models import Campaign
from rectify.lib.command import JsonCommand
from rectify.lib.sheets.types import UnreadableFile
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services.accounts import system_user


class Command(JsonCommand):
    help = "导入问题台账、项目调度表、线索表或资金表"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--campaign", metavar="CODE", help="工作代号；只有一项工作时可不写")
        parser.add_argument("--list", metavar="CODE", help="导入到这份清单；不写则按表的标题")
        parser.add_argument("--ref-date", metavar="YYYY-MM-DD", help="推算期限的基准日")
        parser.add_argument("--found-on", metavar="YYYY-MM-DD", help="没有发现时间栏时的发现日期")
        parser.add_argument("--sheet", metavar="NAME", help="只导入这张表")
        parser.add_argument("--reason", metavar="TEXT", default="", help="向已锁定清单增加或更改的理由")
        parser.add_argument(
            "--by", metavar="USERNAME", help="以这个账号的名义导入，线索归其经手；不写则为系统"
        )
        parser.add_argument("--skip-errors", action="store_true", help="读不懂的行留作待处理，其余先入库")
        parser.add_argument("--dry-run", action="store_true", help="只识别，不写入")

    def run(self, **options: Any) -> tuple[Any, int]:
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        wanted = {
            "ref_date": _day(options["ref_date"]),
            "found_on": _day(options["found_on"]),
            "sheet": options["sheet"],
            "skip_errors": options["skip_errors"],
        }
        try:
            return (
                self._dry_run(path, wanted, options)
                if options["dry_run"]
                else self._import(path, wanted, options)
            )
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except running.ImportRefused as error:
            raise CommandError(str(error)) from error

    def _dry_run(self, path: Path, wanted: dict[str, Any], options: dict[str, Any]) -> tuple[Any, int]:
        campaign = _campaign(options["campaign"])
        by = _by(options["by"], campaign)
        workbook = running.read_file(str(path), path.name, wanted)
        outcome = running.Outcome(workbook, {}, written=False)
        if campaign is not None:
            issue_list = _list(campaign, options["list"])
            outcome = running.preview(workbook, campaign=campaign, by=by, issue_list=issue_list)
        return _said(outcome, options), 0

    def _import(self, path: Path, wanted: dict[str, Any], options: dict[str, Any]) -> tuple[Any, int]:
        campaign = _campaign(options["campaign"])
        if campaign is None:
            made = Campaign.objects.exists()
            raise CommandError(
                "请用 --campaign 指明工作。" if made else "还没有工作，请先用 create_campaign 建立。"
            )
        by = _by(options["by"], campaign)
        with path.open("rb") as stream:
            source = files.receive(
                stream=stream,
                file_name=path.name,
                by=by,
                campaign=campaign,
                issue_list=_list(campaign, options["list"]),
                options=wanted,
                reason=options["reason"],
            )
        outcome = running.execute(source)
        if outcome.message:
            self.stderr.write(outcome.message)
        return _said(outcome, options), 0

    def render(self, payload: Any) -> str:
        return "\n".join(payload)


def _said(outcome: running.Outcome, options: dict[str, Any]) -> Any:
    """The report; for a person only its lines: the rows of a big file as JSON take longer than its import."""
    return report_json(outcome) if options["json"] else report_lines(outcome)


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise CommandError(f"日期应写成 2018-05-20 的样子：{text}") from error


def _campaign(code: str | None) -> Campaign | None:
    if code:
        found = Campaign.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"没有代号为“{code}”的工作。")
        return found
    campaigns = list(Campaign.objects.all()[:2])
    return campaigns[0] if len(campaigns) == 1 else None


def _by(username: str | None, campaign: Campaign | None) -> User:
    """The account in whose name it is done: 系统, or one that might do it on the page."""
    if not username:
        return system_user()
    user = User.objects.select_related("unit").filter(username=username).first()
    if user is None:
        raise CommandError(f"没有账号“{username}”。")
    if not allowed(user, Permission.IMPORT_LEDGERS):
        raise CommandError(f"账号“{username}”不能导入台账。")
    if campaign is not None and campaign not in campaigns_for(user):
        raise CommandError(f"账号“{username}”管不到工作“{campaign.name}”。")
    return user


def _list(campaign: Campaign, code: str | None) -> IssueList | None:
    if not code:
        return None
    found = IssueList.objects.filter(campaign=campaign, code=code).first()
    if found is None:
        raise CommandError(f"没有代码为“{code}”的清单。")
    return found
