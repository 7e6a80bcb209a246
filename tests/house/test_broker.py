"""The embedded broker under concurrent producers and consumers: nothing lost, doubled or half written."""

import multiprocessing
import time
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Queue

from rectify import celery  # noqa: F401 - registers the transport's name

PRODUCERS, CONSUMERS, EACH = 4, 4, 250


def _connection(folder: Path) -> Connection:
    for name in ("messages", "bindings"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "bindings"),
    }
    return Connection("files://localhost", transport_options=options)


def _produce(folder: Path, producer: int) -> None:
    with _connection(folder) as connection:
        queue = connection.SimpleQueue("work")
        for number in range(EACH):
            queue.put({"producer": producer, "number": number, "weight": "整改" * 2000})


def _consume(folder: Path, taken: "multiprocessing.Queue[tuple[int, int, int]]", until: float) -> None:
    with _connection(folder) as connection:
        queue = connection.SimpleQueue("work")
        while time.monotonic() < until:
            try:
                message = queue.get(block=False)
            except Empty:
                time.sleep(0.005)
                continue
            body = message.payload
            taken.put((body["producer"], body["number"], len(body["weight"])))
            message.ack()


def test_concurrent_producers_and_consumers_lose_and_corrupt_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    taken: multiprocessing.Queue[tuple[int, int, int]] = context.Queue()
    until = time.monotonic() + 40
    consumers = [context.Process(target=_consume, args=(tmp_path, taken, until)) for _ in range(CONSUMERS)]
    producers = [context.Process(target=_produce, args=(tmp_path, n)) for n in range(PRODUCERS)]
    for process in consumers + producers:
        process.start()
    try:
        got = [taken.get(timeout=40) for _ in range(PRODUCERS * EACH)]
    finally:
        for process in consumers:
            process.terminate()
        for process in consumers + producers:
            process.join()
    assert Counter(got) == Counter((p, n, 4000) for p in range(PRODUCERS) for n in range(EACH))
    assert taken.empty()
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_message_being_written_is_not_seen(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        queue = connection.SimpleQueue("work")
        (tmp_path / "messages" / ".0001_x.work.msg.abc.part").write_text('{"half":')
        with pytest.raises(Empty):
            queue.get(block=False)


def test_messages_come_in_the_order_they_were_sent(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        queue = connection.SimpleQueue("work")
        for number in range(20):
            queue.put(number)
        assert queue.qsize() == 20
        assert [queue.get(block=False).payload for _ in range(20)] == list(range(20))


def test_queues_do_not_take_each_others_messages(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        connection.SimpleQueue("work").put("for work")
        with pytest.raises(Empty):
            connection.SimpleQueue("workshop").get(block=False)
        assert connection.SimpleQueue("work").get(block=False).payload == "for work"


def test_purging_and_deleting_a_queue_leaves_nothing(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        queue = connection.SimpleQueue("work")
        queue.put(1)
        queue.put(2)
        assert queue.clear() == 2
        queue.put(3)
        Queue("work").bind(connection.default_channel).delete()
        assert list((tmp_path / "messages").iterdir()) == []
