"""The one place that asks what time it is. Rules never come here: they take `today` as an argument.

`now` and `today` follow RECTIFY_TODAY (a demo plays on a fixed day, with the real time of day);
`real_now` never does: sessions, tokens and the audit trail use it.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

BEIJING = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """The instant by the machine's clock, aware, in UTC."""
    return timezone.now()


def now() -> datetime:
    """The instant the business lives in, aware, in Beijing time; RECTIFY_TODAY replaces its date."""
    local = real_now().astimezone(BEIJING)
    fixed: date | None = settings.RECTIFY_TODAY
    return local if fixed is None else datetime.combine(fixed, local.timetz())


def as_lived(instant: datetime) -> datetime:
    """An instant of the real clock as the business lived it (Beijing): on a demo's fixed day, that day."""
    local = instant.astimezone(BEIJING)
    fixed: date | None = settings.RECTIFY_TODAY
    return local if fixed is None else datetime.combine(fixed, local.timetz())


def today() -> date:
    """Beijing's date: the day that deadlines, entries and tallies are counted by."""
    return now().date()


def beijing_date(instant: datetime) -> date:
    """The Beijing date of an aware instant; refuses a naive one with ValueError."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no Beijing date")
    return instant.astimezone(BEIJING).date()
