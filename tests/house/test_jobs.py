"""Work is queued by name, on commit, and never fails the act that was stored."""

import ast
from pathlib import Path

import pytest
from celery import current_app
from django.db import transaction

from rectify import heartbeat
from rectify.lib import jobs

ROOMS = ("rectify", "townships", "projects", "issues", "alerts", "dashboards")


@pytest.mark.django_db(transaction=True)
def test_a_job_is_queued_only_when_the_transaction_commits(eager_jobs: None) -> None:
    heartbeat.forget()
    with transaction.atomic():
        jobs.enqueue_on_commit("rectify.beat_heart")
        assert not heartbeat.is_fresh()
    assert heartbeat.is_fresh()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_queues_nothing(eager_jobs: None) -> None:
    heartbeat.forget()
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue_on_commit("rectify.beat_heart")
        raise RuntimeError
    assert not heartbeat.is_fresh()


@pytest.mark.engines
def test_a_queued_job_reaches_the_queue() -> None:
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()  # what acts of other tests left there
        assert jobs.enqueue("rectify.beat_heart")
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["task"] == "rectify.beat_heart"


def test_a_queue_that_is_down_is_logged_and_not_raised(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("no queue")

    monkeypatch.setattr(current_app, "send_task", refuse)
    assert not jobs.enqueue("rectify.beat_heart")
    assert "waits for the next scan" in caplog.text


def queued_names(folder: Path) -> set[str]:
    """The literal task names given to `jobs.enqueue…` anywhere below `folder`."""
    names = set()
    calls = (
        (path, node)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("enqueue", "enqueue_on_commit")
    )
    for path, call in calls:
        name = call.args[0]
        assert isinstance(name, ast.Constant), f"{path}: the task's name is not written out"
        names.add(str(name.value))
    return names


def test_every_queued_name_is_a_task(repository: Path) -> None:
    current_app.loader.import_default_modules()
    queued = set().union(*(queued_names(repository / room) for room in ROOMS))
    assert queued
    assert queued <= set(current_app.tasks)


def test_every_task_of_the_timetable_exists() -> None:
    current_app.loader.import_default_modules()
    planned = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert planned <= set(current_app.tasks)
