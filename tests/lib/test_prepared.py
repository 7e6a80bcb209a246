"""Statements made once: they answer as the queryset does, and write as ``save`` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from issues.models import Issue, Report
from rectify.lib import clock
from rectify.lib.prepared import Prepared, insert
from tests import factories
from townships.models import Event, User

pytestmark = pytest.mark.django_db
COLUMNS = ("number", "found_on", "due_on", "found", "is_long", "cells", "created_at")


@pytest.fixture
def issues(on_day: Callable[[str], None]) -> list[Issue]:
    on_day("2018-06-06")
    county = factories.county()
    office = factories.user("office", county, "office")
    listed = factories.issue_list(factories.campaign(county))
    for quantity in (Decimal("0.5"), Decimal(7)):
        made = factories.issue(listed, office, quantity=quantity)
        Issue.objects.filter(pk=made.pk).update(cells={"问题": "屋顶漏雨"}, due_on=date(2018, 9, 1))
    return list(Issue.objects.order_by("pk"))


def test_rows_are_those_of_the_queryset_whatever_is_asked_with(issues: list[Issue]) -> None:
    times = 0

    def question(number: Any) -> QuerySet[Issue, tuple[Any, ...]]:
        nonlocal times
        times += 1
        return Issue.objects.filter(number=number).order_by().values_list(*COLUMNS)

    prepared = Prepared(question)
    for one in issues:
        assert prepared.ask(one.number) == list(Issue.objects.filter(pk=one.pk).values_list(*COLUMNS))
    assert prepared.ask("WT-none") == []
    assert times == 1


def test_models_come_whole(issues: list[Issue]) -> None:
    prepared = Prepared(lambda least, pk: Issue.objects.filter(version__gte=least, pk=pk))
    for one in issues:
        (found,) = prepared.ask(1, one.pk)
        assert found == one
        assert {name: getattr(found, name) for name in vars(one) if name != "_state"} == {
            name: value for name, value in vars(one).items() if name != "_state"
        }
        assert not found._state.adding
    assert prepared.ask(99, issues[0].pk) == []


def test_a_value_may_stand_in_several_places_and_parts_of_the_question_stay(issues: list[Issue]) -> None:
    prepared = Prepared(
        lambda pk: (
            Issue.objects.present().filter(pk=pk).exclude(version=0).filter(pk=pk).values_list("pk")[:1]
        )
    )
    assert prepared.ask(issues[1].pk) == [(issues[1].pk,)]
    Issue.objects.filter(pk=issues[1].pk).update(state="withdrawn")
    assert prepared.ask(issues[1].pk) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_held_only_inside_a_transaction(issues: list[Issue]) -> None:
    prepared = Prepared(lambda pk: Issue.objects.select_for_update().filter(pk=pk))
    with transaction.atomic():
        assert prepared.ask(issues[0].pk) == [issues[0]]
    with pytest.raises(TransactionManagementError):
        prepared.ask(issues[0].pk)


def _report(issue: Issue, **given: Any) -> Report:
    by = User.objects.get(username="office")
    facts: dict[str, Any] = {"client_id": uuid4(), "receipt": uuid4().hex[:24], **given}
    return Report(
        issue=issue,
        unit=by.unit,
        digest="0" * 64,
        quantity=Decimal("0.25"),
        happened_on=date(2018, 6, 5),
        reported_by=by,
        recorded_at=clock.now(),
        **facts,
    )


def test_a_row_is_written_as_save_writes_it(issues: list[Issue]) -> None:
    report = _report(issues[0], amount=Decimal("1.5"), narrative="修好了{}一半%s")
    assert insert(report)
    assert not report._state.adding
    stored = Report.objects.get(pk=report.pk)
    names = [field.attname for field in Report._meta.concrete_fields]
    assert [getattr(stored, name) for name in names] == [getattr(report, name) for name in names]


def test_what_must_be_unique_is_refused_as_save_refuses_it(issues: list[Issue]) -> None:
    first = _report(issues[0])
    insert(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(_report(issues[0], client_id=first.client_id))


def test_where_another_stands_nothing_is_written_and_the_transaction_goes_on(issues: list[Issue]) -> None:
    facts: dict[str, Any] = {"subject_type": "issue", "subject_id": issues[0].pk, "seq": 1_000}
    written = [
        Event(**facts, at=clock.now(), action="test", summary=word, hash=word) for word in ("一", "二")
    ]
    with transaction.atomic():
        assert [insert(event, unless_taken=True) for event in written] == [True, False]
        assert [event.summary for event in Event.objects.filter(**facts)] == ["一"]
    assert written[1].pk is None
