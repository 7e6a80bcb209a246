"""Writing an export that was asked for: as its owner, by the query that stands on it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from issues.exchange.five import view_workbook
from issues.exchange.project_workbooks import project_workbook
from issues.exchange.workbooks import issue_workbook
from issues.models import Export
from issues.rules.filters import IssueFilter
from issues.rules.five import VIEWS, View
from issues.services import exports
from projects.rules.filters import ProjectFilter
from rectify.lib import clock


def run(export_id: int) -> None:
    """Write the file of a queued export; the second of two workers does nothing."""
    export = exports.begin(export_id)
    if export is None:
        return
    try:
        now = clock.now()
        write = _projects if export.of == "projects" else _issues
        content, rows, name = write(export, now)
        file_name = f"{name}{now.strftime('%Y%m%d-%H%M')}.xlsx"
        exports.finish(export, content=content, file_name=file_name, rows=rows)
    except Exception:
        exports.fail(export_id)
        raise


def _issues(export: Export, now: datetime) -> tuple[bytes, int, str]:
    wanted = IssueFilter.from_params(dict(parse_qsl(export.query)), today=clock.today())
    write = issue_workbook if wanted.view == View.PROBLEMS else view_workbook
    content, rows = write(export.owner, wanted, reason=export.reason, now=now)
    return content, rows, VIEWS[wanted.view]


def _projects(export: Export, now: datetime) -> tuple[bytes, int, str]:
    wanted = ProjectFilter.from_params(dict(parse_qsl(export.query)), today=clock.today())
    content, rows = project_workbook(export.owner, wanted, reason=export.reason, now=now)
    return content, rows, "项目清单"
