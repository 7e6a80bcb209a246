"""The county chain: what was altered, deleted, inserted or re-hashed is found, or refused at once."""

import importlib
import json
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from townships.models import Event, Seal
from townships.services import events, seals
from townships.services.events import digest

pytestmark = pytest.mark.django_db
guards = importlib.import_module("townships.migrations.0002_append_only_events")


def record(subject: int = 1) -> Event:
    return events.record(subject_type="unit", subject_id=subject, action="x", summary="改了", by=None)


@pytest.fixture
def sealed() -> list[Event]:
    written = [record(), record(), record(2)]
    seals.seal()
    return written


def differences() -> str:
    return "".join(seals.verify().differences)


def test_a_seal_covers_what_came_since_the_last(sealed: list[Event]) -> None:
    first = Seal.objects.get()
    assert (first.events, first.last_event_id, first.previous_hash) == (3, sealed[-1].pk, "")
    assert seals.seal() is None
    record()
    second = seals.seal()
    assert second is not None
    assert (second.events, second.previous_hash) == (1, first.hash)
    assert seals.verify().as_json() == {"ok": True, "checked": 4, "differences": []}


def test_an_altered_event_is_found(sealed: list[Event]) -> None:
    Event.objects.filter(pk=sealed[0].pk).update(summary="没改")
    assert "单位1第1条记录" in differences()
    assert "已被改动" in differences()


def test_a_deleted_event_is_found_in_the_middle_and_at_the_end(sealed: list[Event]) -> None:
    Event.objects.filter(pk=sealed[0].pk).delete()
    assert "单位1第1条记录缺失" in differences()
    Event.objects.filter(pk=sealed[2].pk).delete()
    assert "时有3条记录，现有1条" in differences()


def test_a_chain_hashed_anew_is_found_by_its_seal(sealed: list[Event]) -> None:
    last = sealed[2]
    last.summary = "没改"
    last.hash = digest(last)
    last.save()
    assert "第1道封存" in differences()
    assert "已被改动" not in differences()


def test_an_altered_seal_is_found(sealed: list[Event]) -> None:
    Seal.objects.update(last_event_id=sealed[0].pk)
    assert "第1道封存" in differences()


def test_the_command_says_so_with_its_exit_code(
    sealed: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out) == {"ok": True, "checked": 3, "differences": []}
    Event.objects.filter(pk=sealed[0].pk).update(action="y")
    with pytest.raises(SystemExit) as refusal:
        call_command("verify_audit", "--json")
    assert refusal.value.code == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize("act", ["update", "delete"])
@pytest.mark.parametrize("model", [Event, Seal])
def test_the_database_refuses_to_change_or_delete(
    sealed: list[Event], model: type[Event | Seal], act: str
) -> None:
    guards.install(connection)
    try:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows = model.objects.all()
            rows.update(hash="0") if act == "update" else rows.delete()
        record()
        assert seals.seal() is not None
    finally:
        guards.remove(connection)


def test_missing_guards_are_told(sealed: list[Event], settings: Any) -> None:
    settings.RECTIFY_APPEND_ONLY = True
    assert "event_append_only" in differences()
    guards.install(connection)
    assert differences() == ""
    guards.remove(connection)


@pytest.mark.django_db(transaction=True)
def test_an_event_still_being_written_is_sealed_later_not_lost() -> None:
    """Ids are given out before commit: the sealer must not pass one by."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    written, go_on = Signal(), Signal()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(1)
                written.set()
                go_on.wait(10)
        finally:
            connection.close()

    writer = Thread(target=slow)
    writer.start()
    written.wait(10)
    record(2)
    assert seals.seal() is None
    go_on.set()
    writer.join()
    made = seals.seal()
    assert made is not None
    assert made.events == 2
    assert seals.verify().differences == []
