"""The worker's sign of life: beat queues a task every ten seconds, the worker writes the instant down.

With Redis it lies in the cache, which all machines share; embedded, in a file of `var/`.
"""

from django.conf import settings
from django.core.cache import cache

from rectify.lib import clock
from rectify.lib.broker import write_whole

KEY = "worker-heartbeat"
EVERY_SECONDS = 10
FRESH_SECONDS = 90


def beat() -> None:
    """Write down that a worker took a task just now."""
    moment = f"{clock.real_now().timestamp():.0f}"
    if settings.REDIS_URL:
        cache.set(KEY, moment, timeout=FRESH_SECONDS)
    else:
        write_whole(settings.VAR_DIR / KEY, moment)


def forget() -> None:
    """Start without the sign of a worker that is gone."""
    if settings.REDIS_URL:
        cache.delete(KEY)
    else:
        (settings.VAR_DIR / KEY).unlink(missing_ok=True)


def is_fresh() -> bool:
    """Whether a worker took a task within the last 90 seconds."""
    if settings.REDIS_URL:
        moment = cache.get(KEY)
    else:
        path = settings.VAR_DIR / KEY
        moment = path.read_text(encoding="ascii") if path.exists() else None
    return moment is not None and clock.real_now().timestamp() - float(moment) <= FRESH_SECONDS
