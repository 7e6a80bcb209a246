"""What a row means as movements of quantity and money, and where it contradicts itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from issues.rules.drafts import RowError, SheetDates, fund_draft, issue_draft, project_draft
from issues.rules.stages import Stage
from projects.rules.stages import Stage as WorkStage

DATES = SheetDates(found_on=date(2017, 12, 31), as_of=date(2018, 5, 20), today=date(2018, 6, 6))


def row(**fields: Any) -> Any:
    return SimpleNamespace(row=6, rows=(6,), hidden="", fields=fields, extra={}, cells={})


def moves(draft: Any) -> list[tuple[str, Decimal, date, Decimal | None]]:
    return [(str(one.stage), one.quantity, one.happened_on, one.amount) for one in draft.moves]


def test_done_without_a_date_was_done_by_the_day_the_ledger_stands_for() -> None:
    draft = issue_draft(row(quantity=Decimal(3), done=True), DATES)
    assert moves(draft) == [
        (Stage.FOUND, Decimal(3), date(2017, 12, 31), None),
        (Stage.CLAIMED, Decimal(3), date(2018, 5, 20), None),
    ]


def test_what_the_ledger_does_not_say_is_not_stated_and_not_claimed() -> None:
    draft = issue_draft(row(quantity=Decimal(1)), DATES)
    assert [one.stage for one in draft.moves] == [Stage.FOUND]
    assert draft.values["stated_on"] is None
    assert issue_draft(row(done=False), DATES).values["stated_on"] == date(2017, 12, 31)


def test_money_put_right_moves_with_what_was_done() -> None:
    whole = issue_draft(row(quantity=Decimal(1), done=True, amount=Decimal("1.5")), DATES)
    assert whole.moves[1].amount == Decimal("1.5")
    part = issue_draft(row(amount=Decimal(5), done_amount=Decimal(2), done=False), DATES)
    assert moves(part)[1] == (Stage.CLAIMED, Decimal(0), date(2018, 5, 20), Decimal(2))
    unsaid = issue_draft(row(done_amount=Decimal(2), done=True), DATES)
    assert [one.amount for one in unsaid.moves] == [Decimal(2), Decimal(2)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": Decimal(1), "done_amount": Decimal(2)}, "done_amount"),
        ({"done": True, "done_on": date(2017, 1, 1)}, "done_on"),
        ({"done": True, "done_on": date(2018, 7, 1)}, "done_on"),
        ({"found_on": date(2018, 7, 1)}, "found_on"),
    ],
)
def test_an_issue_that_contradicts_itself_is_left_out_with_its_field(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RowError) as refused:
        issue_draft(row(**fields), DATES)
    assert refused.value.field == field


def test_a_start_before_the_allotment_waits_for_it() -> None:
    draft = project_draft(
        row(
            arranged_on=date(2018, 1, 1),
            allotted=True,
            allotted_on=date(2018, 4, 10),
            started=True,
            started_on=date(2018, 3, 30),
        ),
        DATES,
    )
    assert [(one.stage, one.happened_on) for one in draft.moves] == [
        (WorkStage.ARRANGED, date(2018, 1, 1)),
        (WorkStage.ALLOTTED, date(2018, 4, 10)),
        (WorkStage.STARTED, date(2018, 4, 10)),
    ]


def test_no_stage_of_a_project_runs_ahead_of_the_one_before() -> None:
    with pytest.raises(RowError) as refused:
        project_draft(row(quantity=Decimal(3), started_quantity=Decimal(4)), DATES)
    assert refused.value.field == "started_quantity"


def test_works_begun_without_allotment_stay_not_allotted_in_the_ledger() -> None:
    draft = project_draft(row(allotted=False, started=True), DATES)
    assert [one.stage for one in draft.moves] == [WorkStage.ARRANGED]


def test_a_fund_moves_money_alone() -> None:
    draft = fund_draft(row(due_amount=Decimal("5147.1"), funded_amount=Decimal("6936.2")), DATES)
    assert moves(draft) == [
        (WorkStage.DUE, Decimal(0), date(2018, 5, 20), Decimal("5147.1")),
        (WorkStage.FUNDED, Decimal(0), date(2018, 5, 20), Decimal("6936.2")),
    ]
