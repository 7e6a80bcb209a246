"""The kept reading of a file as its pages draw it: steps, sheets, columns, what would be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from issues.models import Import
from issues.rules.report import Json, Kind

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the wizard: its word, address, what is left to do there."""

    name: str
    label: str
    url: str
    open_items: int
    note: str
    is_current: bool


def steps(source: Import, current: str) -> list[Step]:
    """识别 → 决定 → 改错 → 导入, each with what it still asks."""
    report = source.report
    open_decisions = len(report.get("decisions", ()))
    wrong = report.get("error_rows", 0)
    told = [
        ("recognition", "识别结果", "issues:import", 0, f"{report.get('rows', 0)}行"),
        (
            "decisions",
            "需要决定",
            "issues:import_decisions",
            open_decisions,
            f"{open_decisions}项" if open_decisions else "没有",
        ),
        ("rows", "读不懂的行", "issues:import_rows", wrong, f"{wrong}行" if wrong else "没有"),
        ("confirm", "核对并导入", "issues:import_confirm", 0, ""),
    ]
    return [
        Step(name, label, reverse(address, args=[source.pk]), left, note, name == current)
        for name, label, address, left, note in told
    ]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: its letter and heading, what it is read as, the first values."""

    letter: str
    heading: str
    field: str
    samples: list[str]


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet of the kept reading."""

    at: int
    told: Json

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def kind(self) -> str:
        return str(self.told["kind"])

    @property
    def kind_label(self) -> str:
        return Kind(self.kind).label

    @property
    def is_skipped(self) -> bool:
        return self.kind == Kind.SKIPPED

    @property
    def header(self) -> str:
        """3, 3-4."""
        rows = self.told["header_rows"]
        if not rows:
            return ""
        return str(rows[0]) if len(rows) == 1 else f"{rows[0]}-{rows[-1]}"

    @property
    def plan(self) -> Json:
        return self.told.get("plan") or {}

    @property
    def target(self) -> Json:
        """The list it goes into: code, title, locked; empty where it will be made."""
        return self.plan.get("list") or {}

    @property
    def is_locked(self) -> bool:
        return bool(self.target.get("locked"))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What writing would do, in the order of the page."""
        names = ("created", "updated", "unchanged", "missing", "conflicts")
        return [(name, self.count(name)) for name in names]

    @property
    def shown_errors(self) -> int:
        return len(self.told.get("errors", ()))

    def count(self, what: str) -> int:
        """How many rows a count of the plan stands for."""
        if what == "twins":
            return len(self.plan.get("twins", ()))
        return int(self.plan.get("counts", {}).get(what, 0))

    def planned(self, what: str) -> list[Json]:
        """The rows of a count, as many as are kept."""
        return list(self.plan.get(what, ()))

    def columns(self, typed: Mapping[str, str] | None) -> list[ColumnView]:
        """Every column; ``typed`` are selects of a form that was refused."""
        preview = self.told.get("preview", ())
        views = []
        for column in self.told["columns"]:
            letter = column["letter"]
            texts = dict.fromkeys(row["cells"].get(letter, "") for row in preview)
            field = (typed or {}).get(letter, column["reads"] or "")
            heading = " / ".join(column["path"])
            views.append(ColumnView(letter, heading, field, [text for text in texts if text][:SAMPLES]))
        return views


def sheet_views(source: Import) -> list[SheetView]:
    """The sheets of the kept reading; empty before the first."""
    return [SheetView(at, told) for at, told in enumerate(source.report.get("sheets", ()))]
