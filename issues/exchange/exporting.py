"""Writing an export that was asked for: as its owner, by the query that stands on it."""

from __future__ import annotations

from urllib.parse import parse_qsl

from issues.exchange.workbooks import issue_workbook
from issues.rules.filters import IssueFilter
from issues.services import exports
from rectify.lib import clock


def run(export_id: int) -> None:
    """Write the file of a queued export; the second of two workers does nothing."""
    export = exports.begin(export_id)
    if export is None:
        return
    try:
        wanted = IssueFilter.from_params(dict(parse_qsl(export.query)), today=clock.today())
        now = clock.now()
        content, rows = issue_workbook(export.owner, wanted, reason=export.reason, now=now)
        exports.finish(
            export, content=content, file_name=f"问题清单{now.strftime('%Y%m%d-%H%M')}.xlsx", rows=rows
        )
    except Exception:
        exports.fail(export_id)
        raise
