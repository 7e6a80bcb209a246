"""What writing a sheet needs to know, and what comparing a row with a stored item finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from issues.models import Category, Import, ImportSheet, IssueList
from issues.rules.drafts import Draft, Move, SheetDates
from issues.rules.identity import Key
from issues.rules.layouts import PROJECT_NAMES
from issues.services.imports.lookups import Branches, UnitLookup
from issues.services.imports.recalling import Recalled
from projects.models import Campaign, Programme, Project
from projects.rules.programmes import JOINT
from townships.models import User

BATCH = 1000
ENTRY_COLUMNS = (
    "item",
    "stage",
    "quantity",
    "amount",
    "happened_on",
    "recorded_at",
    "recorded_by",
    "cause",
    "cause_id",
)
"""Of a line of a ledger, whichever item moves."""


@dataclass(slots=True)
class SheetContext:
    """One sheet being planned or written. ``title``: under which its ledger is known, which may bear another
    截至 date than the sheet; ``has_no_rival``: no other ledger's differs only in that. ``programme_name``: of
    its works, ``read_as`` this time. ``issue_list`` and ``sheet`` exist only once writing has begun;
    ``written`` are items that other rows of the same sheet became before (mending); ``advance`` is told how
    many rows have just been written."""

    campaign: Campaign
    source: Import | None
    title: str
    programme_name: str
    dates: SheetDates
    units: UnitLookup
    categories: Branches[Category]
    programmes: Branches[Programme]
    by: User
    now: datetime
    issue_list: IssueList | None = None
    sheet: ImportSheet | None = None
    written: frozenset[int] = frozenset()
    advance: Callable[[int], None] = lambda rows: None
    named_projects: dict[str, Project] | None = None
    has_no_rival: bool = False
    read_as: str = ""
    recalled: Recalled | None = None

    @property
    def past(self) -> Recalled:
        """What is recalled of the items being compared."""
        if self.recalled is None:
            raise RuntimeError("items are recalled before their rows are compared")
        return self.recalled

    def programme_said(self, said: str | None) -> str:
        """The programme that a row names, under the title that its sheet is known by."""
        if not said:
            return self.programme_name
        is_ours = said == self.read_as or said.startswith(f"{self.read_as}{JOINT}")
        return f"{self.programme_name}{said[len(self.read_as) :]}" if self.read_as and is_ours else said

    def project(self, extra: Mapping[str, str]) -> Project | None:
        """The project of the campaign that a row names as its solver, by number or by a name that only one
        bears; None where it names none that is known."""
        said = next((text for path, text in extra.items() if names_project(path)), "").strip()
        if not said:
            return None
        if self.named_projects is None:
            self.named_projects = solvers(self.campaign)
        return self.named_projects.get(said)

    @property
    def cause_id(self) -> int | None:
        return self.source.pk if self.source else None

    @property
    def sheet_id(self) -> int | None:
        return self.sheet.pk if self.sheet else None


@dataclass(slots=True)
class Changes:
    """What a row says anew of a stored item: fields (name → new value), movements, contradictions."""

    fields: dict[str, Any] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.moves or self.conflicts)


def names_project(path: str) -> bool:
    """Whether the column ``path`` of a ledger names the project that solves an issue."""
    return path.rsplit(" / ", 1)[-1] in PROJECT_NAMES


def solvers(campaign: Campaign) -> dict[str, Project]:
    """Number, and name where only one bears it → project. One query."""
    projects = list(Project.objects.present().filter(campaign=campaign).only("pk", "number", "name"))
    names = Counter(one.name for one in projects)
    found = {one.name: one for one in projects if names[one.name] == 1}
    return found | {one.number: one for one in projects}


class KindImporter(Protocol):
    """How one kind of row is drafted, compared and written. ``item`` is the kind's own model."""

    def draft(self, row: Any, dates: SheetDates) -> Draft: ...

    def existing(self, context: SheetContext) -> list[Key]: ...

    def load(self, ids: list[int]) -> dict[int, Any]: ...

    def recall(self, ids: list[int]) -> Recalled | None: ...

    def compare(self, draft: Draft, item: Any, context: SheetContext) -> Changes: ...

    def create(self, drafts: list[Draft], context: SheetContext) -> None: ...

    def update(self, draft: Draft, item: Any, changes: Changes, context: SheetContext) -> None: ...
