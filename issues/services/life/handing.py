"""分办: when a list is locked, or an issue comes to it later, every answering unit gets its share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from issues.models import Issue, IssueList, IssueUnit, Part, Share
from issues.rules.records import PartState, ShareState
from issues.rules.stages import OPEN_STATES, State, UnitRole
from issues.services.holding import lock
from rectify.lib import bulk
from rectify.lib.posting import batches
from townships.models import User
from townships.services import events
from townships.services.events import Draft

SHARE_COLUMNS = ("issue", "unit", "role", "state", "since", "by")
COLUMNS = (
    "pk",
    "state",
    "township_id",
    "township__path",
    "reported_by_id",
    "reported_by__path",
    "lead_unit_id",
    "category__department_id",
)
ACTION = "hand_out"
WORDS = {
    State.AWAITING_SIGNATURE: "等责任单位签收",
    State.PLANNING: "本单位自查填报，视同签收，转入制定计划",
}


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it: issues by the state they are in now; how many have no unit of ours to answer for
    them; the units whose pages show them."""

    states: Counter[State]
    without_unit: int
    shown_to: set[int | None]

    @property
    def total(self) -> int:
        return self.states.total()


def hand_out(
    listed: IssueList, ids: Iterable[int], *, why: str, at: datetime, by: User, is_import: bool = False
) -> Handed:
    """Give every answering unit its share of the open issues ``ids`` of one list; queries grow by thousands.

    Registered ones wait for signatures; those under way are signed for as they are; what a unit reported
    itself in its signed part needs no signature of its own. ``why`` begins the line in each issue's history
    (none for an import's own rows, which nobody has acted on)."""
    found: Counter[State] = Counter()
    shown_to: set[int | None] = set()
    without = 0
    signed = set(
        Part.objects.filter(list=listed)
        .exclude(state=PartState.DRAFT.value)
        .values_list("unit_id", flat=True)
    )
    for batch in batches(lock(ids)):
        rows = list(
            Issue.objects.filter(pk__in=batch, state__in=[state.value for state in OPEN_STATES])
            .order_by("pk")
            .values(*COLUMNS)
        )
        units = _answering(rows)
        known = set(Share.objects.filter(issue__in=batch).values_list("issue_id", "unit_id"))
        shares: list[list[Any]] = []
        states: dict[int, State] = {}
        for row in rows:
            mine = units[row["pk"]]
            given = [(unit, role, _share_state(row, path, signed)) for unit, path, role in mine]
            shares += [
                [row["pk"], unit, role, state.value, at, None]
                for unit, role, state in given
                if (row["pk"], unit) not in known
            ]
            states[row["pk"]] = _state(row, [state for _, _, state in given])
            shown_to.update(unit for unit, _, _ in mine)
            shown_to.update((row["township_id"], row["lead_unit_id"], row["category__department_id"]))
            without += not mine
        bulk.insert(Share, SHARE_COLUMNS, shares)
        _put(rows, states, at, is_import=is_import)
        if not is_import:
            events.record_many([_told(pk, state, why) for pk, state in states.items()], by=by)
        found.update(states.values())
    return Handed(found, without, shown_to)


Answers = tuple[int, str, str]
"""A unit's id, its path and its role in the issue."""


def _answering(rows: list[dict[str, Any]]) -> dict[int, list[Answers]]:
    """Who answers for each, as ``rules.answering`` says; each once."""
    found: dict[int, dict[int, Answers]] = defaultdict(dict)
    named = IssueUnit.objects.answering().filter(issue__in=[row["pk"] for row in rows])
    for pk, unit, path, role in named.order_by("issue_id", "role", "position").values_list(
        "issue_id", "unit_id", "unit__path", "role"
    ):
        found[pk].setdefault(unit, (unit, path, role))
    for row in rows:
        if not found[row["pk"]] and row["township_id"] is not None:
            place = (row["township_id"], row["township__path"], UnitRole.RESPONSIBLE.value)
            found[row["pk"]][row["township_id"]] = place
    return {pk: list(units.values()) for pk, units in found.items()}


def _share_state(row: dict[str, Any], path: str, signed: set[int]) -> ShareState:
    if row["state"] != State.REGISTERED:
        return ShareState.ACCEPTED
    reported_itself = row["reported_by_id"] in signed and path.startswith(row["reported_by__path"])
    return ShareState.ACCEPTED if reported_itself else ShareState.AWAITING


def _state(row: dict[str, Any], shares: list[ShareState]) -> State:
    if row["state"] != State.REGISTERED:
        return State(row["state"])
    if shares and all(share is ShareState.ACCEPTED for share in shares):
        return State.PLANNING
    return State.AWAITING_SIGNATURE


def _put(rows: list[dict[str, Any]], states: dict[int, State], at: datetime, *, is_import: bool) -> None:
    """One statement a state; what an import brought keeps its first version, so that it can be withdrawn."""
    told: dict[str, Any] = {} if is_import else {"version": F("version") + 1, "updated_at": at}
    before = {row["pk"]: row["state"] for row in rows}
    for state in dict.fromkeys(states.values()):
        moved = [pk for pk, now in states.items() if now is state and before[pk] != state]
        Issue.objects.filter(pk__in=moved).update(state=state.value, state_since=at, **told)
    kept = [pk for pk, now in states.items() if before[pk] == now]
    if told:
        Issue.objects.filter(pk__in=kept).update(**told)


def _told(pk: int, state: State, why: str) -> Draft:
    return Draft(
        "issue", pk, ACTION, f"{why}，{WORDS.get(state, f'现在是“{state.label}”')}", {"state": state.value}
    )


__all__ = ["Handed", "hand_out"]
