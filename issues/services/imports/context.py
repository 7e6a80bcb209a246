"""What writing a sheet needs to know, and what comparing a row with a stored item finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from issues.models import Category, Import, ImportSheet, IssueList
from issues.rules.drafts import Draft, Move, SheetDates
from issues.rules.identity import Key
from issues.services.imports.lookups import Branches, UnitLookup
from projects.models import Campaign, Programme
from townships.models import User

BATCH = 1000


@dataclass(slots=True)
class SheetContext:
    """One sheet being planned or written. ``issue_list`` and ``sheet`` exist only once writing has begun;
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


class KindImporter(Protocol):
    """How one kind of row is drafted, compared and written. ``item`` is the kind's own model."""

    def draft(self, row: Any, dates: SheetDates) -> Draft: ...

    def existing(self, context: SheetContext) -> list[Key]: ...

    def load(self, ids: list[int]) -> dict[int, Any]: ...

    def compare(self, draft: Draft, item: Any, context: SheetContext) -> Changes: ...

    def create(self, drafts: list[Draft], context: SheetContext) -> None: ...

    def update(self, draft: Draft, item: Any, changes: Changes, context: SheetContext) -> None: ...
