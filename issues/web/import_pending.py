"""Rows left out (待处理): mended in place, or dropped with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issues.models import PendingRow
from issues.queries.imports import hidden_leads, pending_of, pending_row_of
from issues.rules.report import mask_extra
from issues.services.imports import mending, settling
from issues.services.imports.settling import RowRefused
from issues.web.import_forms import is_long, plain
from issues.web.imports import found_import, importing
from projects.queries.campaigns import campaigns_of
from rectify.lib.masking import mask_text
from rectify.lib.sheets.types import UnreadableFile
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.paging import paged, told
from townships.web.requires import requires

A_PAGE = 20
settling_rows = requires(Permission.IMPORT_LEDGERS, Permission.RECORD_RESULT)
"""Offices, and the discipline organ, which sees the leads that 系统 brought."""
LABELLED_BY = ("number", "township", "village", "household", "name", "description", "category")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row left out, as it may be shown; ``problems`` say what is wrong with it."""

    letter: str
    heading: str
    text: str
    problems: list[str]

    @property
    def is_long(self) -> bool:
        return is_long(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """A row left out: what it is about, its cells that are wrong, the others, problems that no cell bears."""

    row: PendingRow
    label: str
    wrong: list[Cell]
    others: list[Cell]
    problems: list[str]


def _row(row: PendingRow, typed: dict[str, str] | None = None, problems: tuple[str, ...] = ()) -> Row:
    by_letter: dict[str, list[str]] = {}
    fields = {column["field"]: column["letter"] for column in reversed(row.sheet.columns) if column["field"]}
    for error in row.errors:
        letter = error.get("column") or fields.get(error.get("field"), "")
        by_letter.setdefault(letter, []).append(error["message"])
    cells = [_cell(row, column, by_letter, typed or {}) for column in row.sheet.columns]
    return Row(
        row,
        _label(row, cells),
        [cell for cell in cells if cell.problems],
        [cell for cell in cells if not cell.problems],
        [*problems, *by_letter.get("", ())],
    )


def _label(row: PendingRow, cells: list[Cell]) -> str:
    """The row in a few words: what people know it by."""
    fields = {column["letter"]: column["field"] for column in row.sheet.columns}
    texts = [cell.text for cell in cells if fields[cell.letter] in LABELLED_BY and not cell.problems]
    return " ".join(" ".join(filter(None, texts)).split())[:60]


def _cell(
    row: PendingRow, column: dict[str, Any], by_letter: dict[str, list[str]], typed: dict[str, str]
) -> Cell:
    letter, heading = column["letter"], " / ".join(column["path"])
    text = typed.get(letter, mask_extra(heading, str(row.cells.get(letter, ""))))
    return Cell(letter, heading, text, by_letter.get(letter, []))


@never_cache
@require_safe
@settling_rows
def everywhere(request: HttpRequest) -> HttpResponse:
    """Rows left out of every import in sight, or of one campaign."""
    rows = pending_of(request.user)
    wanted = told(request, "campaign")
    if wanted:
        rows = rows.filter(campaign__code=wanted)
    context = {
        "heading": "待处理的行",
        "campaigns": campaigns_of(request.user),
        "wanted_campaign": wanted,
        "hidden_count": hidden_leads(request.user),
    }
    return _page(request, rows, context)


@never_cache
@require_safe
@importing
def of_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Rows left out of one import."""
    source = found_import(request, import_id)
    rows = pending_of(request.user).filter(sheet__source=source)
    return _page(request, rows, {"heading": "待处理的行", "source": source})


def _page(request: HttpRequest, rows: QuerySet[PendingRow], context: dict[str, Any]) -> HttpResponse:
    is_settled = told(request, "settled") == "yes"
    waiting = rows.filter(status="pending")
    settled = rows.exclude(status="pending")
    pager = paged(request, settled.order_by("-settled_at") if is_settled else waiting, size=A_PAGE)
    shown = {
        "is_settled": is_settled,
        "pager": pager,
        "rows": [_row(row) for row in pager.rows],
        "waiting_count": waiting.count(),
        "settled_count": settled.count(),
        "here": request.get_full_path(),
        "may_import": _may_import(request),
    }
    return render(request, "imports/pending.html", {**context, **shown})


def _found_row(request: HttpRequest, pending_id: int) -> PendingRow:
    row = pending_row_of(request.user, pending_id)
    if row is None:
        raise Http404("没有这一行")
    return row


def _back(request: HttpRequest, row: PendingRow) -> str:
    """The list the person came from, never another site."""
    here = request.POST.get("here", "")
    if here.startswith("/import/") and url_has_allowed_host_and_scheme(here, None):
        return here
    if not _may_import(request):
        return reverse("issues:pending")
    return reverse("issues:import_pending", args=[row.sheet.source_id])


def _may_import(request: HttpRequest) -> bool:
    """Whether the pages of the files are open to the person, too."""
    return allowed(request.user, Permission.IMPORT_LEDGERS).ok


@require_POST
@settling_rows
def mend_row(request: HttpRequest, pending_id: int) -> HttpResponse:
    """Read the row again with the cells as typed; in it comes, or the next error is said."""
    row = _found_row(request, pending_id)
    letters = {column["letter"] for column in row.sheet.columns}
    typed = {
        name.removeprefix("cell-"): plain(value, 5_000)
        for name, value in request.POST.items()
        if name.startswith("cell-") and name.removeprefix("cell-") in letters
    }
    reason = plain(request.POST.get("reason"))
    try:
        mended = mending.mend(pending_id=row.pk, cells=typed, by=request.user, reason=reason)
    except (RowRefused, UnreadableFile) as refused:
        problems = tuple(mask_text(text) for text in getattr(refused, "problems", (str(refused),)))
        return _again(request, row, typed, problems)
    number = mended.item_number
    told_number = f"，编号{number}" if number else "，清单中已有相同的一条"
    messages.success(request, f"第{row.row}行已补录入库{told_number}。")
    return redirect(_back(request, row))


@require_POST
@settling_rows
def drop_row(request: HttpRequest, pending_id: int) -> HttpResponse:
    """Leave the row out for good, with the reason."""
    row = _found_row(request, pending_id)
    reason = plain(request.POST.get("reason"))
    try:
        settling.drop(pending_id=row.pk, reason=reason, by=request.user)
    except RowRefused as refused:
        return _again(request, row, {}, refused.problems)
    messages.success(request, f"第{row.row}行不再入库，理由已记下。")
    return redirect(_back(request, row))


def _again(
    request: HttpRequest, row: PendingRow, typed: dict[str, str], problems: tuple[str, ...]
) -> HttpResponse:
    """The one row with what was typed and why it was refused."""
    row.refresh_from_db()
    context = {
        "heading": f"第{row.row}行没有入库",
        "source": row.sheet.source,
        "rows": [_row(row, typed, problems)],
        "is_alone": True,
        "is_settled": row.status != "pending",
        "here": _back(request, row),
        "may_import": _may_import(request),
        "reason": plain(request.POST.get("reason")),
    }
    return render(request, "imports/pending.html", context)
