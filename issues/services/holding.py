"""Issues held for one act: rows locked, what they counted for before; then the roll-ups moved by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from issues.models import Issue, IssueEntry, IssueUnit, PastDeadline
from issues.queries.sums import ROLLUP
from issues.rules.measures import DeadlineFact, ItemFacts, steps
from issues.rules.stages import State
from rectify.lib.measures import EntryFact, LedgerRefusal
from rectify.lib.posting import BATCH, batches, change_rows, entries_of
from rectify.lib.prepared import Prepared
from rectify.lib.rollups import Deltas, Key
from townships.services import revisions

NEEDED = (
    "number",
    "state",
    "campaign_id",
    "list_id",
    "category__department_id",
    "township_id",
    "unit_id",
    "lead_unit_id",
    "counted_in",
    "found_on",
    "deadline_raw",
    "deadline_class",
    "due_on",
    "is_long",
    "deadline_confirmed",
    "stated_on",
    "last_word_on",
    "closed_on",
)


class Held:
    """One issue, locked, with its entries and deadlines: change ``issue`` and ``entries``, then settle."""

    def __init__(self, issue: Issue, entries: list[EntryFact], past: list[tuple[date, DeadlineFact]]) -> None:
        self.issue = issue
        self.entries = entries
        self.past = past
        self.key_before = key_of(issue)
        self.steps_before = steps(self.facts())

    def facts(self) -> ItemFacts:
        issue = self.issue
        now = DeadlineFact(None, issue.deadline_class, issue.due_on, issue.deadline_confirmed)
        return ItemFacts(
            tuple(self.entries), (*(fact for _, fact in self.past), now), issue.stated_on, issue.closed_on
        )

    @property
    def deadline_from(self) -> date:
        """The day from which the issue's present deadline is in force."""
        last = self.past[-1][1].until_on if self.past else None
        return last or self.issue.found_on


def key_of(issue: Issue) -> Key:
    """Where the issue stands in the roll-ups; 0 for none."""
    return (
        issue.campaign_id,
        issue.list_id,
        issue.category_id or 0,
        issue.township_id or 0,
        issue.counted_in,
    )


def lock(ids: Iterable[int]) -> list[int]:
    """Lock the issues in the order of ids until the transaction ends; LedgerRefusal where one is missing."""
    wanted = sorted(set(ids))
    for batch in batches(wanted):
        rows = Issue.objects.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
        if len(rows.values_list("pk")) != len(batch):
            raise LedgerRefusal("问题不存在，流水未记。")
    return wanted


def _rows(ids: list[int], locking: bool) -> dict[int, Issue]:
    issues = Issue.objects.filter(pk__in=ids).select_related("category").only(*NEEDED).order_by("pk")
    if locking:
        issues = issues.select_for_update(of=("self",), no_key=True)
    return {issue.pk: issue for issue in issues}


class Holding:
    """The issues of one act and what it does to the roll-ups; call ``settle`` once, last. ``touching``: raise
    the revisions of whose pages show them; not where the act itself does, after more writing."""

    def __init__(self, *, touching: bool = True) -> None:
        self.touching = touching
        self.deltas: Deltas = ROLLUP.deltas()
        self.unit_ids: set[int | None] = set()

    def load(self, ids: list[int], *, locking: bool = False, known: Issue | None = None) -> dict[int, Held]:
        """The issues ``ids`` (at most a thousand) as held; withdrawn ones are refused. ``known``: the only
        one, held and read before."""
        rows = {known.pk: known} if known else _rows(ids, locking)
        missing = len(set(ids)) - len(rows)
        if missing:
            raise LedgerRefusal(f"有{missing}个问题不存在，流水未记。")
        for issue in rows.values():
            if issue.state == State.WITHDRAWN:
                raise LedgerRefusal(f"{issue.number}所在的导入已撤回，不能再记流水。")
        entries, past = entries_of(IssueEntry, rows), past_deadlines(rows)
        if self.touching:
            self._touch(rows)
        return {pk: Held(issue, entries.get(pk, []), past.get(pk, [])) for pk, issue in rows.items()}

    def _touch(self, issues: Mapping[int, Issue]) -> None:
        """Remember whose pages show ``issues``."""
        for issue in issues.values():
            department = issue.category.department_id if issue.category is not None else None
            self.unit_ids |= {issue.township_id, issue.unit_id, issue.lead_unit_id, department}
        units = IssueUnit.objects.filter(issue__in=list(issues), unit__isnull=False).order_by()
        self.unit_ids.update(units.values_list("unit_id", flat=True).distinct())

    def change(self, held: Held, *, gone: bool = False) -> None:
        """Gather what the act made of ``held``: out of its old place, into the new one (unless ``gone``)."""
        self.deltas.add(held.key_before, held.steps_before, -1)
        if not gone:
            self.deltas.add(key_of(held.issue), steps(held.facts()))
            self.unit_ids |= {held.issue.township_id}

    def settle(self) -> None:
        """Write the roll-ups and raise the revisions; once a transaction, after everything else."""
        ROLLUP.apply(self.deltas)
        if self.touching:
            revisions.bump(self.unit_ids)


def past_deadlines(ids: Iterable[int]) -> dict[int, list[tuple[date, DeadlineFact]]]:
    """Issue id → (in force from, deadline) of its superseded deadlines, oldest first."""
    found: dict[int, list[tuple[date, DeadlineFact]]] = {}
    wanted = list(ids)
    rows = _PAST_OF_ONE.ask(*wanted) if len(wanted) == 1 else _past(issue__in=wanted)
    for pk, start, until, kind, due_on, confirmed in rows:
        found.setdefault(pk, []).append((start, DeadlineFact(until, kind, due_on, confirmed)))
    return found


def _past(**issues: Any) -> QuerySet[PastDeadline, tuple[Any, ...]]:
    rows = PastDeadline.objects.filter(**issues).order_by("issue_id", "from_on")
    return rows.values_list("issue_id", "from_on", "until_on", "deadline_class", "due_on", "confirmed")


_PAST_OF_ONE = Prepared(lambda issue: _past(issue=issue))


def store(held: Iterable[Held], fields: tuple[str, ...], updated_at: datetime) -> None:
    """Write ``fields`` of the held issues as they now stand."""
    rows: list[list[Any]] = [[one.issue.pk, *(getattr(one.issue, name) for name in fields)] for one in held]
    change_rows(Issue, rows, put=fields, updated_at=updated_at)


__all__ = ["BATCH", "Held", "Holding", "key_of", "lock", "store"]
