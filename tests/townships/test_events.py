"""Audit events: chained per subject, in the transaction of the act, masked, whole under concurrency."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from townships.models import Event
from townships.services import events, seals
from townships.services.events import Draft

pytestmark = pytest.mark.django_db


def record(subject: int = 1, **more: object) -> Event:
    return events.record(
        subject_type="unit", subject_id=subject, action="x", summary="改了", by=None, facts=dict(more)
    )


def test_events_of_one_subject_form_a_chain() -> None:
    first, second, other = record(), record(), record(2)
    assert (first.seq, second.seq, other.seq) == (1, 2, 1)
    assert (first.previous_hash, second.previous_hash) == ("", first.hash)
    assert seals.verify().differences == []


def test_what_is_stored_hashes_to_what_was_written() -> None:
    event = record(
        text="中文“引号”", number=12345678901234567890, flag=True, nothing=None, many=[1, {"a": "b"}]
    )
    stored = Event.objects.get(pk=event.pk)
    assert events.digest(stored) == stored.hash == event.hash


def test_numbers_with_a_fraction_are_refused() -> None:
    with pytest.raises(TypeError):
        record(share=0.5)


def test_the_summary_hides_phone_and_identity_numbers() -> None:
    event = events.record(
        subject_type="user", subject_id=1, action="x", summary="联系 13812345678，51052419800101123X", by=None
    )
    assert event.summary == "联系 138****5678，510524********123X"


def test_a_rolled_back_act_leaves_no_event() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record()
        _ = 1 / 0
    assert not Event.objects.exists()


def test_many_events_cost_queries_by_the_hundred(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    record(3)
    with django_assert_max_num_queries(16):
        made = events.record_many(
            [Draft("unit", number % 100, "x", "改了") for number in range(900)], by=None
        )
    assert len(made) == 900
    assert seals.verify().differences == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_on_one_subject_lose_nothing() -> None:
    def write(number: int) -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(7, writer=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(write, range(4)))
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))
    assert seals.verify().differences == []
