"""What a person decides on an uploaded file before it is written; after each verb the file is read again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction

from issues.models import Import, LayoutMemory
from issues.rules.field_labels import FIELD_LABELS
from issues.rules.reading import Decisions
from issues.rules.report import Json, Kind
from issues.services.imports import recognition, running
from rectify.lib import clock
from rectify.lib.cn_dates import DeadlineClass
from townships.models import Unit, User
from townships.rules.roles import Level
from townships.services import unit_changes
from townships.services.units import UnitError

MOST_ROWS: Final = 1_048_576
LONGEST_CELL: Final = 5_000
LEVELS: Final = (Level.DEPARTMENT, Level.TOWNSHIP, Level.GROUP)
"""What a unit made while importing may be; others are made on the page of units."""


class DecisionRefused(Exception):
    """Nothing was changed; the message is one Chinese sentence."""


def _change(import_id: int, edit: Callable[[Import], None]) -> None:
    with transaction.atomic():
        source = Import.objects.select_for_update().get(pk=import_id)
        if source.status not in ("ready", "failed"):
            raise DecisionRefused(f"这次导入的状态是“{source.get_status_display()}”，不能再改。")
        edit(source)
        try:
            Decisions.from_json(source.decisions)
        except (ValueError, TypeError, AttributeError) as error:
            raise DecisionRefused("有一项填写的内容无法识别，没有保存。") from error
        source.save(update_fields=["decisions", "options"])
    recognition.reread(import_id)


def _sheet_of(source: Import, name: str) -> Json:
    found = next((sheet for sheet in source.report.get("sheets", ()) if sheet["name"] == name), None)
    if found is None:
        raise DecisionRefused("文件里没有这张表。")
    return dict(found)


def set_dates(*, import_id: int, ref_date: date | None, found_on: date | None) -> None:
    """The days that undated years and rows without 发现时间 count from."""

    def edit(source: Import) -> None:
        source.options["ref_date"] = ref_date.isoformat() if ref_date else None
        source.options["found_on"] = found_on.isoformat() if found_on else None

    _change(import_id, edit)


def set_sheet(
    *, import_id: int, name: str, kind: str, header_rows: Iterable[int], columns: Mapping[str, str]
) -> None:
    """What a sheet is, which rows name its columns, column letter → field ("": none of ours).

    With another kind or header the columns are understood anew, whatever ``columns`` says."""
    rows = sorted(set(header_rows))
    if kind not in FIELD_LABELS:
        raise DecisionRefused("没有这种表。")
    if rows and not (rows[0] > 0 and rows[-1] <= MOST_ROWS and rows[-1] - rows[0] < 12):
        raise DecisionRefused("表头行不对：请写行号，如 3-4，最多十二行。")

    def edit(source: Import) -> None:
        shown = _sheet_of(source, name)
        decided = source.decisions.setdefault("sheets", {}).setdefault(name, {})
        if kind != shown["kind"] or (rows and rows != shown["header_rows"]):
            decided["kind"] = kind
            decided["columns"] = {}
            if rows and rows != shown["header_rows"]:
                decided["header_rows"] = rows
            return
        decided.setdefault("columns", {}).update(_changed_columns(shown, columns))

    _change(import_id, edit)


def _changed_columns(shown: Json, columns: Mapping[str, str]) -> dict[str, str | None]:
    known = FIELD_LABELS[Kind(shown["kind"])]
    changed: dict[str, str | None] = {}
    for column in shown["columns"]:
        wanted = columns.get(column["letter"])
        if wanted is None or wanted == (column["reads"] or ""):
            continue
        if wanted and wanted not in known:
            raise DecisionRefused(f"{column['letter']}列选择的栏目不存在。")
        changed[column["letter"]] = wanted or None
    return changed


def _open_decision(source: Import, key: str, about: str) -> Json:
    for one in source.report.get("decisions", ()):
        if one["key"] == key and one["about"] == about:
            return dict(one)
    raise DecisionRefused("这一项已经决定过了，或文件已重新识别；请看最新的页面。")


def _remember(source: Import, decision: Json, meaning: str, by: User) -> None:
    """What was decided, for the page that shows it and lets it be undone."""
    source.decisions.setdefault("told", {})[decision["key"]] = {
        "about": decision["about"],
        "raw": decision["raw"],
        "text": decision["text"],
        "rows": decision["rows"],
        "meaning": meaning,
        "by": by.name,
    }


def name_unit(*, import_id: int, key: str, unit: Unit, by: User) -> None:
    """The unknown text is another name of ``unit``: learned for all ledgers to come."""

    def edit(source: Import) -> None:
        decision = _open_decision(source, key, "unit")
        text = decision["raw"]
        if not unit.names.filter(name=text[:100]).exists():
            unit_changes.add_name(unit, name=text[:100], by=by)
        source.decisions.setdefault("units", {})[text] = unit.code
        _remember(source, decision, f"是{unit.name}的别名", by)

    _refusing_units(lambda: _change(import_id, edit))


def make_unit(*, import_id: int, key: str, name: str, level: str, parent: Unit, by: User) -> None:
    """The unknown text is a unit that the table lacks: made under ``parent``, and found from now on."""
    name = name.strip()
    if level not in LEVELS:
        raise DecisionRefused("请选择新单位的层级。")
    if not 2 <= len(name) <= 100:
        raise DecisionRefused("新单位的名称须有2到100个字。")
    if Unit.objects.filter(parent=parent, name=name, closed_on=None).exists():
        raise DecisionRefused(f"已有单位“{name}”，请选择“是已有单位的别名”。")

    def edit(source: Import) -> None:
        decision = _open_decision(source, key, "unit")
        unit = unit_changes.add(
            unit_changes.NewUnit(_free_code(parent), name, name, Level(level), parent), by=by
        )
        text = decision["raw"]
        if text[:100] != name:
            unit_changes.add_name(unit, name=text[:100], by=by)
        source.decisions.setdefault("units", {})[text] = unit.code
        _remember(source, decision, f"新单位{name}", by)

    _refusing_units(lambda: _change(import_id, edit))


def _free_code(parent: Unit) -> str:
    """A code of our own for a unit without an official one: 990100-N01, 990100-N02 …"""
    taken = Unit.objects.filter(code__startswith=f"{parent.code}-N").values_list("code", flat=True)
    numbers = [int(found[1]) for code in taken if (found := re.search(r"-N(\d+)$", code))]
    return f"{parent.code}-N{max(numbers, default=0) + 1:02d}"


def _refusing_units(act: Callable[[], None]) -> None:
    try:
        act()
    except UnitError as error:
        raise DecisionRefused(str(error)) from error


def keep_as_text(*, import_id: int, key: str, by: User) -> None:
    """The unknown text is a unit outside the county (县外单位): its rows keep it as text."""

    def edit(source: Import) -> None:
        decision = _open_decision(source, key, "unit")
        source.decisions.setdefault("units", {})[decision["raw"]] = None
        _remember(source, decision, "县外单位，保留文字", by)

    _change(import_id, edit)


def confirm_deadlines(*, import_id: int, keys: Iterable[str], by: User) -> None:
    """These deadline texts mean what was read, row by row."""
    keys = list(keys)
    if not keys:
        raise DecisionRefused("没有要确认的时限。")

    def edit(source: Import) -> None:
        for key in keys:
            decision = _open_decision(source, key, "deadline")
            source.decisions.setdefault("deadlines", {})[decision["raw"]] = {"as_read": True}
            _remember(source, decision, "按识别结果", by)

    _change(import_id, edit)


def set_deadline(
    *, import_id: int, key: str, deadline_class: str, due_on: date | None, is_long: bool, by: User
) -> None:
    """A deadline text means this class and day in every row that bears it."""
    if deadline_class not in {kind.value for kind in DeadlineClass}:
        raise DecisionRefused("请选择时限的类别。")
    kind = DeadlineClass(deadline_class)
    if kind is DeadlineClass.DATED and due_on is None:
        raise DecisionRefused("有明确日期的时限，请填到期日。")
    dated = kind in (DeadlineClass.DATED, DeadlineClass.IMMEDIATE) and due_on is not None

    def edit(source: Import) -> None:
        decision = _open_decision(source, key, "deadline")
        said: dict[str, Any] = {"class": kind.value, "long": is_long or kind is DeadlineClass.LONG}
        if dated and due_on is not None:
            said["due_on"] = due_on.isoformat()
        source.decisions.setdefault("deadlines", {})[decision["raw"]] = said
        _remember(source, decision, f"{_CLASS_WORDS[kind]}{f'，{due_on}' if dated else ''}", by)

    _change(import_id, edit)


_CLASS_WORDS: Final = {
    DeadlineClass.DATED: "有明确日期",
    DeadlineClass.IMMEDIATE: "立行立改",
    DeadlineClass.LONG: "长期坚持",
    DeadlineClass.UNDETERMINED: "未定",
}


def undo(*, import_id: int, key: str) -> None:
    """Decide a text anew; a name that was learned or a unit that was made stays in the table of units."""

    def edit(source: Import) -> None:
        told = source.decisions.get("told", {}).pop(key, None)
        if told is None:
            raise DecisionRefused("这一项还没有决定过。")
        source.decisions.get(f"{told['about']}s", {}).pop(told["raw"], None)

    _change(import_id, edit)


def correct(*, import_id: int, cells: Mapping[tuple[str, int, str], str]) -> None:
    """Put cells right: (sheet, row, column letter) → text. The kept file stays as it is."""

    def edit(source: Import) -> None:
        for (name, row, letter), text in cells.items():
            shown = _sheet_of(source, name)
            if letter not in {column["letter"] for column in shown["columns"]} or not 0 < row <= MOST_ROWS:
                raise DecisionRefused("表里没有这一格。")
            decided = source.decisions.setdefault("sheets", {}).setdefault(name, {})
            decided.setdefault("rows", {}).setdefault(str(row), {})[letter] = text.strip()[:LONGEST_CELL]

    _change(import_id, edit)


def restore(*, import_id: int, name: str, row: int) -> None:
    """Take back the corrections of a row."""

    def edit(source: Import) -> None:
        rows = source.decisions.get("sheets", {}).get(name, {}).get("rows", {})
        if rows.pop(str(row), None) is None:
            raise DecisionRefused("这一行没有改过。")

    _change(import_id, edit)


def confirm(*, import_id: int, by: User, skip_errors: bool, reason: str) -> None:
    """Have it written: remembers corrected mappings for the next file of the layout, then queues the work."""
    with transaction.atomic():
        source = Import.objects.select_for_update().get(pk=import_id)
        if source.status not in ("ready", "failed"):
            raise DecisionRefused("这次导入已在写入或已经写完。")
        objection = _objection(source, skip_errors, reason)
        if objection:
            raise DecisionRefused(objection)
        source.options["skip_errors"] = skip_errors
        source.reason = reason.strip()[:300]
        source.save(update_fields=["options", "reason"])
        _remember_layouts(source, by)
        try:
            running.queue(import_id=import_id, by=by)
        except running.ImportRefused as error:
            raise DecisionRefused(str(error)) from error


def _objection(source: Import, skip_errors: bool, reason: str) -> str:
    report = source.report
    if report.get("stale"):
        return "改动还没有重新识别，请先重新识别再导入。"
    if not any(sheet["kind"] != "skipped" for sheet in report.get("sheets", ())):
        return "文件里没有可以导入的表。"
    if report["error_rows"] and not skip_errors:
        return f"还有{report['error_rows']}行读不懂：请先改好，或勾选“先入库其余行”。"
    for sheet in report["sheets"]:
        plan = sheet.get("plan") or {}
        changes = plan.get("counts", {}).get("created", 0) + plan.get("counts", {}).get("updated", 0)
        if changes and (plan.get("list") or {}).get("locked") and not reason.strip():
            return f"清单“{plan['list']['title']}”已锁定，增加或更改须说明理由。"
    return ""


def _remember_layouts(source: Import, by: User) -> None:
    decided = source.decisions.get("sheets", {})
    for sheet in source.report["sheets"]:
        columns = decided.get(sheet["name"], {}).get("columns")
        if not columns or not sheet["layout"]:
            continue
        known = LayoutMemory.objects.filter(layout=sheet["layout"]).values_list("mapping", flat=True).first()
        LayoutMemory.objects.update_or_create(
            layout=sheet["layout"],
            defaults={"mapping": {**(known or {}), **columns}, "saved_by": by, "saved_at": clock.now()},
        )
