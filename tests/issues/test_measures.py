"""The step function of an issue: what it counts for on every day, by its entries, deadlines and words."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.rules.ledger import broken
from issues.rules.measures import DeadlineFact, ItemFacts, ordered_steps, steps
from issues.rules.stages import MEASURES, Stage
from rectify.lib.measures import EntryFact, LedgerRefusal

FOUND_ON, CLAIMED_ON, DUE_ON = date(2018, 1, 10), date(2018, 3, 1), date(2018, 2, 15)


def entry(stage: str, quantity: int, day: date, amount: int = 0) -> EntryFact:
    return EntryFact(stage, quantity, amount, day)


def on(item: ItemFacts, day: date) -> dict[str, int]:
    """The measures as of the end of ``day``, those that are not zero."""
    past = [vector for at, vector in steps(item).items() if at <= day]
    total = [sum(values) for values in zip(*past, strict=True)] if past else [0] * len(MEASURES)
    return {name: value for name, value in zip(MEASURES, total, strict=True) if value}


def dated(due_on: date = DUE_ON, until_on: date | None = None, confirmed: bool = True) -> DeadlineFact:
    return DeadlineFact(until_on, "dated", due_on, confirmed)


def item(
    *more: EntryFact, deadline: DeadlineFact | None = None, stated_on: date | None = FOUND_ON
) -> ItemFacts:
    return ItemFacts((entry("found", 10, FOUND_ON), *more), (deadline or dated(),), stated_on)


def test_what_is_left_is_overdue_from_the_day_after_the_due_date_until_done() -> None:
    late = item(entry("claimed", 4, date(2018, 2, 1)), entry("claimed", 6, CLAIMED_ON))
    assert "overdue_claimed" not in on(late, DUE_ON)
    assert on(late, date(2018, 2, 16))["overdue_claimed"] == 6
    assert on(late, date(2018, 2, 28))["overdue_confirmed"] == 10
    assert "overdue_claimed" not in on(late, CLAIMED_ON)
    assert on(late, CLAIMED_ON)["overdue_confirmed"] == 10


def test_a_deadline_ahead_gives_a_step_in_the_future() -> None:
    assert date(2018, 2, 16) in steps(item())
    assert list(steps(item())) == [FOUND_ON, date(2018, 2, 16)]


def test_an_item_found_after_its_due_date_is_overdue_at_once() -> None:
    facts = ItemFacts((entry("found", 10, CLAIMED_ON),), (dated(),), CLAIMED_ON)
    assert list(steps(facts)) == [CLAIMED_ON]
    assert on(facts, CLAIMED_ON)["overdue_claimed"] == 10


def test_long_deadlines_are_never_overdue_and_unread_or_unconfirmed_ones_count_apart() -> None:
    far = date(2019, 1, 1)
    assert "overdue_claimed" not in on(item(deadline=DeadlineFact(None, "long", None, True)), far)
    undetermined = on(item(deadline=DeadlineFact(None, "undetermined", None, False)), far)
    assert undetermined["undetermined_claimed"] == 10
    assert not {"overdue_claimed", "unconfirmed_claimed"} & set(undetermined)
    unconfirmed = on(item(deadline=dated(confirmed=False)), far)
    assert unconfirmed["unconfirmed_claimed"] == 10
    assert "overdue_claimed" not in unconfirmed


def test_overdue_as_of_a_day_follows_the_deadline_in_force_on_it() -> None:
    extended_on = date(2018, 3, 10)
    later = DeadlineFact(None, "dated", date(2018, 6, 30), True)
    facts = item()._replace(deadlines=(dated(until_on=extended_on), later))
    assert on(facts, date(2018, 3, 9))["overdue_claimed"] == 10
    assert "overdue_claimed" not in on(facts, extended_on)
    assert on(facts, date(2018, 7, 1))["overdue_claimed"] == 10


def test_left_is_unstated_until_somebody_said_how_it_stands() -> None:
    silent = item(stated_on=CLAIMED_ON)
    assert on(silent, date(2018, 2, 28))["unstated"] == 10
    assert "unstated" not in on(silent, CLAIMED_ON)
    assert on(item(stated_on=None), date(2019, 1, 1))["unstated"] == 10


def test_items_count_while_found_is_above_zero_and_closed_from_the_closing_day() -> None:
    closed = item()._replace(closed_on=CLAIMED_ON)
    assert on(closed, FOUND_ON)["items"] == 1
    assert "closed" not in on(closed, DUE_ON)
    assert on(closed, CLAIMED_ON)["closed"] == 1
    withdrawn = closed._replace(entries=(*closed.entries, entry("found", -10, FOUND_ON)))
    assert steps(withdrawn) == {}


def test_amounts_run_beside_quantities() -> None:
    money = item(entry("claimed", 10, CLAIMED_ON, 30), entry("found", 0, DUE_ON, 50))
    assert on(money, DUE_ON)["amount_found"] == 50
    assert on(money, CLAIMED_ON)["amount_claimed"] == 30


def test_steps_add_up_day_by_day() -> None:
    facts = item(entry("removed", 3, DUE_ON), entry("claimed", 7, CLAIMED_ON))
    found = MEASURES.index("overdue_claimed")
    running = accumulate(vector[found] for vector in steps(facts).values())
    assert list(running) == [0, 0, 7, 0]


DAYS = st.integers(0, 6).map(lambda n: date(2018, 1, 10) + timedelta(days=n))
ENTRIES = st.builds(EntryFact, st.sampled_from(Stage), st.integers(-2, 5), st.just(0), DAYS)
DEADLINES = st.builds(
    DeadlineFact,
    st.none(),
    st.sampled_from(["dated", "long", "undetermined"]),
    st.none() | DAYS,
    st.booleans(),
)


@given(st.lists(ENTRIES, max_size=5), DEADLINES, DAYS, DEADLINES, st.none() | DAYS, st.none() | DAYS)
def test_the_quick_way_counts_as_the_plain_one_and_refuses_what_is_out_of_order(
    entries: list[EntryFact],
    first: DeadlineFact,
    until_on: date,
    second: DeadlineFact,
    stated_on: date | None,
    closed_on: date | None,
) -> None:
    deadlines = (first._replace(until_on=until_on), second)
    facts = ItemFacts(tuple(entries), deadlines, stated_on, closed_on)
    if broken(facts.entries):
        with pytest.raises(LedgerRefusal, match="累计数不成立"):
            ordered_steps(facts)
    else:
        assert ordered_steps(facts) == steps(facts)
