"""The fields of a table's columns settled by their values, where names say too little."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from issues.rules.column_values import ColumnValues, Mapping
from rectify.lib.sheets.columns import Candidate, Strength, assign

_OF_MONEY: Final = re.compile(r"^(应|已|未|尚未|实际).*(金额|资金|拨付|退|追|收缴|兑付|发放|支付)")
_MOSTLY: Final = 0.8
_HALF: Final = 0.5
_LONG_TEXT: Final = 8


def _are_numbers(values: ColumnValues) -> bool:
    return values.numbers >= _HALF


def _are_units(values: ColumnValues) -> bool:
    return values.unit_names >= _HALF


def _are_days(values: ColumnValues) -> bool:
    return values.dates > 0 or values.share(lambda text: any(map(str.isdigit, text))) >= _HALF


#: What the values of a weakly named column have to be.
_NEEDS: Final[dict[str, Callable[[ColumnValues], bool]]] = {
    "quantity": _are_numbers,
    "done_quantity": _are_numbers,
    "remaining_quantity": _are_numbers,
    "amount": _are_numbers,
    "investment": _are_numbers,
    "responsible_units": _are_units,
    "lead_unit": _are_units,
    "department": _are_units,
    "support_units": _are_units,
    "reported_by": _are_units,
    "household": lambda values: values.length <= 12,
    "found_on": _are_days,
    "village": lambda values: values.villages > 0,
    "township": lambda values: values.townships > 0 or values.joined_places > 0,
}


def settle(mapping: Mapping, at: int, field: str | None) -> None:
    """Decide a column's field, whatever its name says."""
    mapping.candidates[at] = [Candidate(field, Strength.EXACT)] if field else []
    mapping.fields = assign(mapping.candidates, mapping.vocabulary.joined)


def settle_issues(mapping: Mapping) -> None:
    """Issues and leads: places, states, dates and descriptions by what the cells hold."""
    _settle_ticks(mapping)
    settle_places(mapping)
    mapping.drop_unfit(_NEEDS)
    _settle_ticked_kinds(mapping)
    _settle_money(mapping)
    _settle_states(mapping)
    _settle_deadline(mapping)
    _settle_difficulties(mapping)
    _settle_unnamed(mapping)
    _settle_description(mapping)


def settle_projects(mapping: Mapping) -> None:
    """Projects: places, planned dates and the state of works by what the cells hold."""
    settle_places(mapping)
    mapping.drop_unfit(_NEEDS)
    for done, planned in (("started_on", "planned_start"), ("completed_on", "planned_finish")):
        for at in mapping.at(done):
            if not mapping.has(planned) and _looks_ahead(mapping, at, _HALF):
                settle(mapping, at, planned)
    if not mapping.has("started"):
        for at in mapping.at("progress"):
            if mapping.values[at].starts >= _MOSTLY:
                settle(mapping, at, "started")
                break
    _settle_unnamed(mapping)


def settle_funds(mapping: Mapping) -> None:
    """Funds: the place."""
    settle_places(mapping)


def settle_places(mapping: Mapping) -> None:
    """单位 holding townships only is the township; 乡镇 holding 大石镇三门村 is both."""
    for at, field in enumerate(list(mapping.fields)):
        values = mapping.values[at]
        if field == "responsible_units" and not mapping.has("township") and values.townships >= 0.9:
            if mapping.candidates[at][0].strength is Strength.WEAK:
                settle(mapping, at, "township")
        elif field in ("township", "village") and values.joined_places > _HALF > values.townships:
            if field == "township" or not mapping.has("township"):
                settle(mapping, at, "place")
        elif field == "township" and values.unit_names >= 0.9 > values.townships:
            if not mapping.has("responsible_units"):
                settle(mapping, at, "responsible_units")
        elif field == "place" and values.townships >= 0.9 and not mapping.has("township"):
            settle(mapping, at, "township")
        elif field == "place" and values.villages >= 0.9 and not mapping.has("village"):
            settle(mapping, at, "village")


def _settle_ticks(mapping: Mapping) -> None:
    """已完成 under which √ stands says done, not how many."""
    for at in mapping.at("done_quantity"):
        values = mapping.values[at]
        if not mapping.has("done") and values.booleans >= _MOSTLY and values.numbers < _HALF:
            settle(mapping, at, "done")


def _settle_ticked_kinds(mapping: Mapping) -> None:
    """Columns under 问题类型 that are only ticked name the category by their own names."""
    for at, column in enumerate(mapping.columns):
        is_open = mapping.fields[at] in (None, "description")
        if len(column.path) < 2 or not is_open or not mapping.values[at].is_ticked:
            continue
        above = mapping.vocabulary.candidates([column.path[-2]])
        siblings = [other for other in mapping.columns if other.path[:-1] == column.path[:-1]]
        if above[:1] == [Candidate("category", Strength.EXACT)] and len(siblings) > 1:
            settle(mapping, at, "category_tick")


def _settle_money(mapping: Mapping) -> None:
    """应追回金额 beside 涉及金额 is no count of issues: only what was brought back is read, as 已整改金额."""
    if not mapping.has("amount"):
        return
    for name, field in (("quantity", None), ("done_quantity", "done_amount"), ("remaining_quantity", None)):
        for at in mapping.at(name):
            if _OF_MONEY.search(mapping.leaf(at)):
                settle(mapping, at, field if field and not mapping.has(field) else None)


def _settle_states(mapping: Mapping) -> None:
    """整改情况 over 已整改, 未整改 is a state; 完成情况 over stories is progress."""
    if not mapping.has("done") and not mapping.has("state_text"):
        for at in mapping.at("progress"):
            values = mapping.values[at]
            if values.states >= _MOSTLY and values.length <= 12:
                settle(mapping, at, "state_text")
                break
    for at, field in enumerate(list(mapping.fields)):
        values = mapping.values[at]
        told = field in ("done", "state_text") and not mapping.leaf(at).startswith("是否")
        if told and values.states < _HALF and values.booleans < _HALF and values.length > _LONG_TEXT:
            settle(mapping, at, "progress")


def _settle_deadline(mapping: Mapping) -> None:
    """完成时间 under which 年底前 and the like stand is a deadline, where there is no other."""
    if mapping.has("deadline"):
        return
    for at in mapping.at("done_on"):
        if "实际" not in mapping.leaf(at) and _looks_ahead(mapping, at, 0.2):
            settle(mapping, at, "deadline")
            return


def _looks_ahead(mapping: Mapping, at: int, share: float) -> bool:
    """Whether a column of dates holds deadlines: words as deadlines have them, or days still to come."""
    values = mapping.values[at]
    return values.deadline_words >= share or values.future(mapping.last_day) >= _HALF


def _settle_difficulties(mapping: Mapping) -> None:
    """存在问题 behind the progress, where something else describes the issue, tells what hinders it."""
    progress = min(mapping.at("progress") or mapping.at("actions"), default=None)
    described = mapping.at("description")
    if progress is None or not described or described[0] > progress:
        return
    for at in described[1:]:
        if at > progress and mapping.leaf(at) in (
            "存在问题",
            "存在的问题",
            "主要问题",
            "问题",
            "存在的主要问题",
        ):
            settle(mapping, at, None)


def _settle_unnamed(mapping: Mapping) -> None:
    """Columns that no name speaks for: places, document numbers; without any name at all the rest too."""
    for at in mapping.free():
        values = mapping.values[at]
        is_nameless = not mapping.columns[at].path
        for field, holds in (
            ("township", values.townships >= _MOSTLY),
            ("village", mapping.has("township") and values.villages >= _MOSTLY),
            ("place", not mapping.has("township") and values.joined_places >= _MOSTLY),
            ("source_doc", mapping.is_document_number(at)),
            ("deadline", values.deadline_words >= 0.6),
            ("number", is_nameless and at == 0 and values.numbers >= 0.9 and values.variety == 1),
            ("done", is_nameless and values.booleans >= 0.9 and values.numbers == 0),
            ("responsible_units", is_nameless and values.unit_names >= _MOSTLY),
        ):
            if holds and mapping.vocabulary.holds(field) and not mapping.has(field):
                settle(mapping, at, field)
                break


def _settle_description(mapping: Mapping) -> None:
    """Without any description the longest text that no name claims describes the issue."""
    if mapping.has("description"):
        return
    texts = {at: mapping.values[at] for at in mapping.free()}
    long = [
        at
        for at, values in texts.items()
        if values.length >= _LONG_TEXT and values.variety >= _HALF and values.sentences >= _MOSTLY
    ]
    if long:
        settle(mapping, max(long, key=lambda at: texts[at].length), "description")
