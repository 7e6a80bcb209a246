"""What a person decides on a file: unknown units, deadlines in words, rows that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issues.models import Import
from issues.queries.imports import acting_unit, is_open_to
from issues.rules.report import Json, mask_extra
from issues.services.imports import deciding
from issues.services.imports.deciding import DecisionRefused
from issues.web.import_forms import day, is_long, plain, posted_cells, whole
from issues.web.import_review import open_import
from issues.web.imports import importing
from issues.web.summaries import SheetView, sheet_views, steps
from rectify.lib.cn_dates import DeadlineClass
from townships.models import Unit, User
from townships.queries.units import directory, unit_index

A_PAGE: Final = 40
CLASSES: Final = (
    (DeadlineClass.DATED.value, "有明确日期"),
    (DeadlineClass.IMMEDIATE.value, "立行立改"),
    (DeadlineClass.LONG.value, "长期坚持"),
    (DeadlineClass.UNDETERMINED.value, "未定"),
)
LEVELS: Final = tuple((level.value, level.label) for level in deciding.LEVELS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@importing
def decisions(request: HttpRequest, import_id: int) -> HttpResponse:
    """Every written form that waits for a decision, once, with the number of rows it decides."""
    source = open_import(request, import_id)
    if source is None:
        return redirect("issues:import", import_id=import_id)
    typed: dict[str, Any] = {}
    if request.method == "POST":
        try:
            told = _decide(request, source)
        except DecisionRefused as refused:
            messages.error(request, str(refused))
            typed = {name: plain(value) for name, value in request.POST.items()}
        else:
            messages.success(request, told)
            return redirect("issues:import_decisions", import_id=source.pk)
    return render(request, "imports/decisions.html", _decisions_page(request, source, typed))


def _decide(request: HttpRequest, source: Import) -> str:
    """Do what the pressed button says; the sentence for the page. Raises DecisionRefused."""
    act = ACTS.get(plain(request.POST.get("act"), 20))
    if act is None:
        raise DecisionRefused("请选择怎样处理。")
    return act(request, source, plain(request.POST.get("key"), 64))


def _alias(request: HttpRequest, source: Import, key: str) -> str:
    unit = _unit(request.user, plain(request.POST.get("near") or request.POST.get("unit"), 100))
    deciding.name_unit(import_id=source.pk, key=key, unit=unit, by=request.user)
    return f"已记为{unit.name}的别名，以后的台账也认得。"


def _unit(user: User, text: str) -> Unit:
    if not text:
        raise DecisionRefused("请写明是哪个单位。")
    index = unit_index()
    match = index.resolve(text)
    code = match.unit.code if match else text
    unit = directory(user).filter(code=code).first()
    if unit is None:
        raise DecisionRefused(f"{index.problem(text) or '这个单位不在您的工作范围内'}。")
    return unit


def _new_unit(request: HttpRequest, source: Import, key: str) -> str:
    parent = acting_unit(request.user)
    if parent is None:
        raise DecisionRefused("您的账号没有所属单位，不能新增单位。")
    name = plain(request.POST.get("name"), 100)
    level = plain(request.POST.get("level"), 20)
    deciding.make_unit(import_id=source.pk, key=key, name=name, level=level, parent=parent, by=request.user)
    return f"已新增单位{name}。"


def _as_text(request: HttpRequest, source: Import, key: str) -> str:
    deciding.keep_as_text(import_id=source.pk, key=key, by=request.user)
    return "已作为县外单位保留文字。"


def _deadline(request: HttpRequest, source: Import, key: str) -> str:
    try:
        due_on = day(request.POST.get("due_on"))
    except ValueError as error:
        raise DecisionRefused("到期日应写成 2018-06-30 的样子。") from error
    deciding.set_deadline(
        import_id=source.pk,
        key=key,
        deadline_class=plain(request.POST.get("class"), 20),
        due_on=due_on,
        is_long=request.POST.get("long") == "yes",
        by=request.user,
    )
    return "已按您填的时限记下。"


def _as_read(request: HttpRequest, source: Import, key: str) -> str:
    deciding.confirm_deadlines(import_id=source.pk, keys=[key], by=request.user)
    return "已确认这种写法的时限。"


def _all_as_read(request: HttpRequest, source: Import, key: str) -> str:
    keys = [one["key"] for one in source.report.get("decisions", ()) if one["about"] == "deadline"]
    deciding.confirm_deadlines(import_id=source.pk, keys=keys, by=request.user)
    return f"已确认{len(keys)}种写法的时限。"


def _undo(request: HttpRequest, source: Import, key: str) -> str:
    deciding.undo(import_id=source.pk, key=key)
    return "已撤销这项决定，可以重新决定；已加的别名和单位可在“单位”中修改。"


ACTS: Final[dict[str, Callable[[HttpRequest, Import, str], str]]] = {
    "alias": _alias,
    "new": _new_unit,
    "text": _as_text,
    "deadline": _deadline,
    "as_read": _as_read,
    "all_as_read": _all_as_read,
    "undo": _undo,
}


def _decisions_page(request: HttpRequest, source: Import, typed: dict[str, Any]) -> dict[str, Any]:
    hidden = _hidden_sheets(request, source)
    waiting = [one for one in source.report.get("decisions", ()) if one["sheet"] not in hidden]
    units = [one for one in waiting if one["about"] == "unit"]
    deadlines = [one for one in waiting if one["about"] == "deadline"]
    names = directory(request.user).filter(closed_on=None).exclude(level="village").order_by("code")
    return {
        "source": source,
        "steps": steps(source, "decisions"),
        "units": units[:A_PAGE],
        "more_units": max(0, len(units) - A_PAGE),
        "deadlines": deadlines[:A_PAGE],
        "all_deadlines": len(deadlines),
        "more_deadlines": max(0, len(deadlines) - A_PAGE),
        "told": [{"key": key, **one} for key, one in source.decisions.get("told", {}).items()],
        "unit_names": names.values_list("name", flat=True) if units else (),
        "levels": LEVELS,
        "classes": CLASSES,
        "typed": typed,
        "hidden_count": len(source.report.get("decisions", ())) - len(waiting),
    }


def _hidden_sheets(request: HttpRequest, source: Import) -> set[str]:
    """Sheets of leads that somebody else brought."""
    return {
        view.name
        for view in sheet_views(source)
        if not is_open_to(request.user, view.kind, source.uploaded_by_id)
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@importing
def rows(request: HttpRequest, import_id: int) -> HttpResponse:
    """Rows that cannot be read, their cells editable in place; rows that look alike."""
    source = open_import(request, import_id)
    if source is None:
        return redirect("issues:import", import_id=import_id)
    number = max(1, whole(request.POST.get("page") or request.GET.get("page"), 1))
    if request.method == "POST":
        try:
            told = _put_right(request, source)
        except DecisionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, told)
        return redirect(f"{reverse('issues:import_rows', args=[source.pk])}?page={number}")
    return render(request, "imports/rows.html", _rows_page(request, source, number))


def _put_right(request: HttpRequest, source: Import) -> str:
    views = sheet_views(source)
    hidden = _hidden_sheets(request, source)
    if restored := request.POST.get("restore", ""):
        at, _, row = restored.partition("-")
        if whole(at, -1) not in range(len(views)):
            raise DecisionRefused("文件里没有这张表。")
        deciding.restore(import_id=source.pk, name=views[whole(at)].name, row=whole(row))
        return "已恢复原文。"
    shown = _shown_cells(source, views)
    changed = {}
    for (at, row, letter), text in posted_cells(request).items():
        if (
            at < len(views)
            and views[at].name not in hidden
            and shown.get((at, row, letter), "").strip() != text
        ):
            changed[views[at].name, row, letter] = text
    if not changed:
        raise DecisionRefused("没有改动任何一格。")
    before = source.report.get("error_rows", 0)
    deciding.correct(import_id=source.pk, cells=changed)
    source.refresh_from_db(fields=["report"])
    if source.report.get("stale"):
        return f"已记下{len(changed)}格的改动，重新识别后生效。"
    left = source.report.get("error_rows", 0)
    return f"改了{len(changed)}格：{before - left}行已能识别，还有{left}行。"


def _shown_cells(source: Import, views: list[SheetView]) -> dict[tuple[int, int, str], str]:
    return {
        (view.at, error["row"], cell["column"]): _cell(source, view, error["row"], cell)["text"]
        for view in views
        for error in view.told.get("errors", ())
        for cell in error["cells"]
    }


def _rows_page(request: HttpRequest, source: Import, number: int) -> dict[str, Any]:
    hidden = _hidden_sheets(request, source)
    views = [view for view in sheet_views(source) if view.name not in hidden]
    waiting = {one["raw"] for one in source.report.get("decisions", ()) if one["about"] == "unit"}
    all_rows = [
        {
            "sheet": view,
            "row": error["row"],
            "label": error["label"],
            "waits": _waits(error, waiting),
            "cells": [_cell(source, view, error["row"], cell) for cell in error["cells"]],
        }
        for view in views
        for error in view.told.get("errors", ())
    ]
    all_rows.sort(key=lambda one: bool(one["waits"]))  # first what only an edit can mend
    pages = max(1, -(-len(all_rows) // A_PAGE))
    number = min(number, pages)
    total = sum(view.told["error_rows"] for view in views)
    return {
        "source": source,
        "steps": steps(source, "rows"),
        "rows": all_rows[(number - 1) * A_PAGE : number * A_PAGE],
        "total": total,
        "number": number,
        "pages": pages,
        "left_off": total - len(all_rows),
        "corrected": _corrected(source, views, all_rows),
        "suspects": [view for view in views if view.told.get("suspects")],
        "twins": [view for view in views if view.planned("twins")],
        "hidden_count": source.report.get("error_rows", 0) - total,
        "has_several_sheets": len([view for view in views if not view.is_skipped]) > 1,
    }


def _cell(source: Import, view: SheetView, row: int, cell: Json) -> Json:
    """A wrong cell as it stands: of a big file also as it was just put right, before it is read again."""
    told = source.decisions.get("sheets", {}).get(view.name, {}).get("rows", {}).get(str(row), {})
    typed = told.get(cell["column"])
    text = cell["text"] if typed is None else mask_extra(cell["name"], typed)
    return {**cell, "text": text, "is_long": is_long(text)}


def _waits(error: Json, waiting: set[str]) -> bool:
    """Whether a decision on units alone would make the row readable."""
    return all(value in waiting for cell in error["cells"] for value in cell["values"])


def _corrected(source: Import, views: list[SheetView], wrong: list[Json]) -> list[Json]:
    """Rows that a person changed, and whether they can be read now."""
    still = {(row["sheet"].name, row["row"]) for row in wrong}
    decided = source.decisions.get("sheets", {})
    return [
        {
            "sheet": view,
            "row": int(row),
            "letters": sorted(cells),
            "is_read": (view.name, int(row)) not in still,
        }
        for view in views
        for row, cells in decided.get(view.name, {}).get("rows", {}).items()
    ]
