"""Small ledgers for tests of the import: the rows of a table as a file, and ways to bring it in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from issues.models import Import, IssueList
from issues.services.imports import files, running
from issues.services.imports.running import Outcome
from projects.models import Campaign
from townships.models import User

TITLE = "某县房屋安全问题整改台账（截至2018年5月20日）"
HEAD = (
    "序号",
    "乡镇",
    "村",
    "户主",
    "问题类别",
    "具体问题",
    "数量（户）",
    "责任单位",
    "整改时限",
    "整改进展",
    "是否完成",
    "完成时间",
)
PLAN = {
    "序号": 0,
    "户主": 3,
    "问题": 5,
    "数量": 6,
    "单位": 7,
    "时限": 8,
    "进展": 9,
    "完成": 10,
    "完成时间": 11,
}


def row(number: int | str, *, household: str = "", **cells: str) -> list[str]:
    """One row of the ledger; ``cells`` by the short names of ``PLAN``."""
    written = [
        str(number),
        "甲镇",
        "甲一村",
        household or f"王某{number}",
        "住房安全",
        f"第{number}户屋面渗漏，墙体开裂未修",
        "1",
        "甲镇",
        "2018年6月30日",
        "",
        "未完成",
        "",
    ]
    for name, text in cells.items():
        written[{**PLAN, "乡镇": 1, "村": 2}[name]] = text
    return written


def ledger(rows: Iterable[Sequence[str]], *, title: str = TITLE, head: Sequence[str] = HEAD) -> bytes:
    """The CSV of a ledger."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([title])
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def receive(
    content: bytes,
    *,
    campaign: Campaign,
    by: User,
    issue_list: IssueList | None = None,
    name: str = "台账.csv",
    reason: str = "",
    **options: Any,
) -> Import:
    """Keep a file as the command and the page do."""
    return files.receive(
        stream=BytesIO(content),
        file_name=name,
        by=by,
        campaign=campaign,
        issue_list=issue_list,
        reason=reason,
        options={"found_on": "2018-01-10", **options},
    )


def bring(content: bytes, **given: Any) -> Outcome:
    """Receive a file and write it."""
    return running.execute(receive(content, **given))
