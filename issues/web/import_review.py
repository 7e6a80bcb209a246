"""One file, step by step: what was recognised, what would change, confirmation, progress, result."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from issues.models import Import
from issues.queries.imports import is_open_to, pending_of, same_file
from issues.rules.field_labels import FIELD_LABELS, KEPT_AS_WRITTEN
from issues.rules.report import Kind
from issues.services.imports import deciding, progress, recognition, running
from issues.web.import_forms import day, header_rows, plain, posted_columns
from issues.web.imports import found_import, holds_hidden_leads, importing, position
from issues.web.summaries import Step, sheet_views, steps

QUIET_SECONDS: Final = 120
WORKING: Final = ("uploaded", "reading", "queued", "writing")
DECIDING: Final = ("ready", "failed")
PLAN_WORDS: Final = {
    "created": "新增",
    "updated": "更新",
    "unchanged": "未变",
    "missing": "台账里没有了",
    "conflicts": "冲突",
    "twins": "疑似已在清单中",
}
WHY_SKIPPED: Final = {
    "title": "标题",
    "note": "说明",
    "header": "表头",
    "section": "分节",
    "subtotal": "小计、合计",
    "footer": "落款",
    "blank": "空行",
}


@never_cache
@require_safe
@importing
def page(request: HttpRequest, import_id: int) -> HttpResponse:
    """The import as it stands: at work, to be reviewed, or done."""
    source = found_import(request, import_id)
    if source.status in WORKING:
        return render(request, "imports/progress.html", {"source": source, **_progress(source)})
    if source.status in DECIDING:
        return _recognition(request, source)
    return _result(request, source)


def _recognition(request: HttpRequest, source: Import, **typed: Any) -> HttpResponse:
    sheets = sheet_views(source)
    at = position(request, len(sheets))
    sheet = sheets[at] if sheets else None
    hidden = bool(sheet) and not is_open_to(request.user, sheet.kind, source.uploaded_by_id)
    context = {
        "source": source,
        "steps": steps(source, "recognition"),
        "next": _next(source),
        "earlier": same_file(request.user, source),
        "sheets": sheets,
        "sheet": sheet,
        "at": at,
        "is_hidden": hidden,
        "columns": [] if hidden or sheet is None else sheet.columns(typed.get("columns")),
        "fields": [("", KEPT_AS_WRITTEN), *FIELD_LABELS[Kind(sheet.kind)].items()] if sheet else [],
        "kinds": [(kind.value, kind.label) for kind in Kind],
        "why_skipped": WHY_SKIPPED,
        **typed,
    }
    return render(request, "imports/review.html", context)


def _next(source: Import) -> Step:
    """The step with something left to do, else the confirmation."""
    rest = steps(source, "recognition")[1:]
    return next((step for step in rest if step.open_items), rest[-1])


def open_import(request: HttpRequest, import_id: int) -> Import | None:
    """The import while it may still be decided on; None where it is past that (its page says why)."""
    source = found_import(request, import_id)
    return source if source.status in DECIDING else None


@require_POST
@importing
def sheet(request: HttpRequest, import_id: int) -> HttpResponse:
    """Another kind, header or mapping for one sheet."""
    source = open_import(request, import_id)
    if source is None:
        return redirect("issues:import", import_id=import_id)
    sheets = sheet_views(source)
    at = position(request, len(sheets))
    rows = header_rows(request.POST.get("header_rows", ""))
    columns = posted_columns(request)
    problem = "表头行应写成 3 或 3-4 的样子。" if rows is None else ""
    if sheets and rows is not None:
        try:
            deciding.set_sheet(
                import_id=source.pk,
                name=sheets[at].name,
                kind=plain(request.POST.get("kind"), 20),
                header_rows=rows,
                columns=columns,
            )
        except deciding.DecisionRefused as refused:
            problem = str(refused)
    if problem:
        messages.error(request, problem)
        typed = plain(request.POST.get("header_rows"), 60)
        return _recognition(request, source, columns=columns, typed_header=typed)
    messages.success(request, f"已按改动重新识别“{sheets[at].name}”。" if sheets else "已重新识别。")
    return redirect(f"{reverse('issues:import', args=[source.pk])}?at={at}")


@require_POST
@importing
def dates(request: HttpRequest, import_id: int) -> HttpResponse:
    """The days that the file's undated years count from."""
    source = open_import(request, import_id)
    if source is None:
        return redirect("issues:import", import_id=import_id)
    try:
        ref_date, found_on = day(request.POST.get("ref_date")), day(request.POST.get("found_on"))
        deciding.set_dates(import_id=source.pk, ref_date=ref_date, found_on=found_on)
    except ValueError:
        messages.error(request, "日期应写成 2018-05-20 的样子，没有改动。")
    except deciding.DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已按新的日期重新识别。")
    return redirect("issues:import", import_id=source.pk)


@require_safe
@importing
def changes(request: HttpRequest, import_id: int) -> HttpResponse:
    """The rows behind one count: what would be created, updated, left, missing, contradicted."""
    source = found_import(request, import_id)
    sheets = sheet_views(source)
    what = request.GET.get("what", "")
    if not sheets or what not in PLAN_WORDS:
        return redirect("issues:import", import_id=source.pk)
    sheet = sheets[position(request, len(sheets))]
    rows = sheet.planned(what)
    context = {
        "source": source,
        "sheet": sheet,
        "what": what,
        "word": PLAN_WORDS[what],
        "is_hidden": not is_open_to(request.user, sheet.kind, source.uploaded_by_id),
        "rows": rows,
        "count": sheet.count(what),
        "left_off": max(0, sheet.count(what) - len(rows)),
    }
    return render(request, "imports/changes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@importing
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """What would be written; the person says yes, and why where a list is locked."""
    source = open_import(request, import_id)
    if source is None:
        return redirect("issues:import", import_id=import_id)
    skip_errors = request.POST.get("skip_errors") == "yes"
    reason = plain(request.POST.get("reason"))
    if request.method == "POST":
        try:
            deciding.confirm(import_id=source.pk, by=request.user, skip_errors=skip_errors, reason=reason)
        except deciding.DecisionRefused as refused:
            messages.error(request, str(refused))
        else:
            return redirect("issues:import", import_id=source.pk)
    sheets = [one for one in sheet_views(source) if one.plan]
    context = {
        "source": source,
        "steps": steps(source, "confirm"),
        "sheets": sheets,
        "words": PLAN_WORDS,
        "is_locked": any(one.is_locked and (one.count("created") or one.count("updated")) for one in sheets),
        "to_write": sum(one.count("created") + one.count("updated") for one in sheets),
        "open_decisions": len(source.report.get("decisions", ())),
        "skip_errors": skip_errors or bool(source.options.get("skip_errors")),
        "reason": reason or source.reason,
    }
    return render(request, "imports/confirm.html", context)


@dataclass(frozen=True, slots=True)
class _Bar:
    words: str
    done: int
    total: int
    is_quiet: bool


def _bar(source: Import) -> _Bar:
    said = progress.read(source.pk)
    phase, done, total = said if said else ("等待", 0, 0)
    words = {"uploaded": "正在识别", "reading": "正在识别", "queued": "正在排队", "writing": "正在写入"}
    told = f"{words.get(source.status, '正在办理')}《{source.file_name}》"
    if source.status == "writing":
        told += f"，已写入{done:,}条" if phase == "写入" else "，先核对各行"
    age = progress.age(source.pk)
    waited = age if age is not None else time.time() - source.uploaded_at.timestamp()
    return _Bar(told, done, total, waited > QUIET_SECONDS)


def _progress(source: Import) -> dict[str, Any]:
    bar = _bar(source)
    return {
        "url": reverse("issues:import_progress", args=[source.pk]),
        "words": bar.words,
        "done": bar.done,
        "total": bar.total,
        "percent": bar.done * 100 // bar.total if bar.total else 0,
        "is_quiet": bar.is_quiet,
        "finished": False,
    }


@never_cache
@require_safe
@importing
def progress_fragment(request: HttpRequest, import_id: int) -> HttpResponse:
    """The bar alone, asked for every second; sends the browser on when the work is over."""
    source = found_import(request, import_id)
    if source.status not in WORKING:
        address = reverse("issues:import", args=[source.pk])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if not request.htmx:
        return redirect("issues:import", import_id=source.pk)
    return render(request, "_components/progress.html", _progress(source))


@require_POST
@importing
def restart(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read a changed file again, or set a job going again that a stopped worker left behind."""
    source = found_import(request, import_id)
    if source.status in ("queued", "writing"):
        if running.requeue(import_id=source.pk):
            messages.success(request, "已重新排队。")
        else:
            messages.info(request, "后台还在写入，请再等一等。")
    else:
        recognition.start(source.pk)
    return redirect("issues:import", import_id=source.pk)


def _result(request: HttpRequest, source: Import) -> HttpResponse:
    sheets = list(source.sheets.select_related("list", "programme"))
    mine = pending_of(request.user).filter(sheet__source=source)
    context = {
        "source": source,
        "sheets": sheets,
        "kinds": {sheet.kind for sheet in sheets} - {Kind.SKIPPED.value},
        "created": sum(sheet.created for sheet in sheets),
        "updated": sum(sheet.updated for sheet in sheets),
        "unchanged": sum(sheet.unchanged for sheet in sheets),
        "pending": mine.filter(status="pending").count(),
        "settled": mine.exclude(status="pending").count(),
        "hides_leads": holds_hidden_leads(request, source),
    }
    return render(request, "imports/result.html", context)
