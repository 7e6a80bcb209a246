"""Work is queued by the task's name, so that no layer imports a higher one's tasks.

A task takes ids, calls one service, may run twice and may be missed (the next scan finds the row):
therefore a queue that is down is logged and never fails the act that was already stored.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)


def enqueue(name: str, *ids: int | str) -> bool:
    """Queue the task `name` with `ids` now. Returns whether the queue took it.

    With `task_always_eager` (tests) the task runs here and now, and an unknown name raises.
    """
    if current_app.conf.task_always_eager:
        current_app.loader.import_default_modules()
        current_app.tasks[name].apply(args=ids, throw=True)
        return True
    try:
        current_app.send_task(name, args=ids, retry=False)
    except (KombuError, OSError) as error:
        logger.error("the queue is not reachable, %s%r waits for the next scan: %s", name, ids, error)
        return False
    return True


def enqueue_on_commit(name: str, *ids: int | str) -> None:
    """Queue the task when the surrounding transaction commits; at once when there is none."""
    transaction.on_commit(lambda: enqueue(name, *ids))
