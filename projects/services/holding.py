"""Projects or funds held for one act: rows locked, what they counted for before; then the roll-ups moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from projects.models import Fund, FundEntry, Project, ProjectEntry
from projects.queries.sums import ROLLUP
from projects.rules.ledger import FUND_TOTALS, PROJECT_TOTALS, fund_broken, project_broken
from projects.rules.measures import MONEY, steps
from projects.rules.stages import MONEY_STAGES, WORK_STAGES
from rectify.lib.measures import Break, EntryFact, LedgerRefusal, Steps, Total
from rectify.lib.posting import batches, entries_of
from rectify.lib.rollups import Deltas, Key
from townships.services import revisions

Work = Project | Fund
NEEDED = ("number", "campaign_id", "programme__department_id", "township_id", "arranged_on", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class Book:
    """How projects or funds are kept: their entries, stages, cached totals and order."""

    item: type[Project] | type[Fund]
    entry: type[ProjectEntry] | type[FundEntry]
    stages: frozenset[str]
    totals: dict[str, Total]
    broken: Callable[[Sequence[EntryFact]], Break | None]
    needed: tuple[str, ...]


PROJECTS = Book(
    Project,
    ProjectEntry,
    frozenset([*WORK_STAGES, *MONEY_STAGES]),
    PROJECT_TOTALS,
    project_broken,
    (*NEEDED, "counted_in", "department_id"),
)
FUNDS = Book(Fund, FundEntry, frozenset(MONEY_STAGES), FUND_TOTALS, fund_broken, NEEDED)


def book_of(model: type[Project] | type[Fund]) -> Book:
    return PROJECTS if model is Project else FUNDS


class Held:
    """One item, locked, with its entries: change both, then settle."""

    def __init__(self, item: Work, entries: list[EntryFact]) -> None:
        self.item = item
        self.entries = entries
        self.key_before = key_of(item)
        self.steps_before = self.steps()

    def steps(self) -> dict[str, Steps]:
        return steps(tuple(self.entries), counted_in(self.item), is_fund=isinstance(self.item, Fund))


def counted_in(item: Work) -> str:
    return item.counted_in if isinstance(item, Project) else MONEY


def key_of(item: Work) -> Key:
    """Where the item stands in the roll-ups, but for what is counted; 0 for none."""
    return (item.campaign_id, item.programme_id, item.township_id or 0)


def lock(book: Book, ids: Iterable[int]) -> list[int]:
    """Lock the items in the order of ids until the transaction ends; LedgerRefusal where one is missing."""
    wanted = sorted(set(ids))
    for batch in batches(wanted):
        rows = book.item._default_manager.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
        if len(rows.values_list("pk")) != len(batch):
            raise LedgerRefusal("项目或资金不存在，流水未记。")
    return wanted


class Holding:
    """The items of one act and what it does to the roll-ups; call ``settle`` once, last."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.deltas: Deltas = ROLLUP.deltas()
        self.unit_ids: set[int | None] = set()

    def load(self, ids: Sequence[int], *, locking: bool = False) -> dict[int, Held]:
        """The items ``ids`` (at most a thousand) as held; withdrawn ones are refused."""
        found = self.book.item._default_manager.filter(pk__in=ids).select_related("programme")
        found = found.only(*self.book.needed).order_by("pk")
        if locking:
            found = found.select_for_update(of=("self",), no_key=True)
        rows: dict[int, Work] = {item.pk: item for item in found}
        if missing := len(set(ids)) - len(rows):
            raise LedgerRefusal(f"有{missing}个项目或资金不存在，流水未记。")
        for item in rows.values():
            if item.withdrawn_at is not None:
                raise LedgerRefusal(f"{item.number}所在的导入已撤回，不能再记流水。")
            self.touch(item)
        entries = entries_of(self.book.entry, rows)
        return {pk: Held(item, entries.get(pk, [])) for pk, item in rows.items()}

    def touch(self, item: Work) -> None:
        """Remember whose pages show ``item``."""
        self.unit_ids |= {item.township_id, item.programme.department_id}
        if isinstance(item, Project):
            self.unit_ids.add(item.department_id)

    def change(self, held: Held, *, gone: bool = False) -> None:
        """Gather what the act made of ``held``: out of its old place, into the new one (unless ``gone``)."""
        self.gather(held.key_before, held.steps_before, -1)
        if not gone:
            self.gather(key_of(held.item), held.steps(), 1)
            self.touch(held.item)

    def gather(self, key: Key, parts: dict[str, Steps], times: int) -> None:
        for name, part in parts.items():
            self.deltas.add((*key, name), part, times)

    def settle(self) -> None:
        """Write the roll-ups and raise the revisions; once a transaction, after everything else."""
        ROLLUP.apply(self.deltas)
        revisions.bump(self.unit_ids)
