"""Digests: what a person's seats were given and he was not told yet becomes one message.

Woken every minute; decides by the hour, the county's calendar and what is in the tables, so that a missed
run, two at once or a clock set back tell nobody twice."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from alerts.models import Alert, Channel, Choice, Delivery, Digest, Scan, Telling
from alerts.queries.deliveries import trouble
from alerts.queries.seats import AT_ONCE, people_to_tell, untold, without_digest
from alerts.rules.ladder import LADDER
from alerts.rules.messages import BACKLOG, TOTAL, TROUBLE
from alerts.rules.sending import DIGEST_AT, MORNING_ENDS, ChannelKind, DigestKind, is_digest_time, is_open
from alerts.services.channels import ways
from rectify.lib import clock, jobs
from townships.models import SYSTEM_USERNAME, User
from townships.queries.calendar import workdays
from townships.rules.permissions import Permission, holders
from townships.services import revisions

logger = logging.getLogger(__name__)
SCAN_AT_MOST = timedelta(hours=1)
"""A digest waits for a scan that runs, to tell a backlog at once; not for one that was killed."""
CHUNK = 1_000
Line = tuple[int, int, bool]
"""Of an alert: its key, the height of its rung, whether it is 存量."""


@dataclass(slots=True)
class Made:
    """What one run made: messages of the day and at once, lines told in them, notes to groups."""

    daily: int = 0
    urgent: int = 0
    told: int = 0
    groups: int = 0


def make_digests() -> Made:
    """Tell what may be told now; nothing at night and on days off. Idempotent."""
    made, now, calendar = Made(), clock.now(), workdays()
    if not is_open(now, calendar):
        return made
    reach = ways()
    if is_digest_time(now, calendar) and not _scan_runs(now):
        _make_daily(made, now, reach)
    for user in people_to_tell(AT_ONCE):
        told = _tell(user, DigestKind.URGENT, AT_ONCE, now.date(), reach)
        made.urgent, made.told = made.urgent + (told is not None), made.told + (told or 0)
    if made.daily or made.urgent or made.groups:
        jobs.enqueue_on_commit("alerts.send_deliveries")
    return made


def _make_daily(made: Made, now: datetime, reach: list[Channel]) -> None:
    today, wanted = now.date(), Q(made_at__lte=_morning_of(now))
    people = list(without_digest(people_to_tell(wanted), today))
    if now.time() < MORNING_ENDS:
        known = {user.pk for user in people}
        people += [user for user in without_digest(_offices(), today) if user.pk not in known]
    for user in people:
        told = _tell(user, DigestKind.DAILY, wanted, today, reach)
        made.daily, made.told = made.daily + (told is not None), made.told + (told or 0)
    if not without_digest(people_to_tell(wanted), today).exists():  # else another worker is still at it
        made.groups = _note_groups(today)


def _morning_of(now: datetime) -> datetime:
    """Until when what was made belongs to today's digest: half past eight or, after an outage, the end of the
    day's first scan. What later scans find waits for tomorrow, or is urgent."""
    half_past_eight = datetime.combine(now.date(), DIGEST_AT, tzinfo=now.tzinfo)
    first = Scan.objects.filter(on=now.date(), finished_at__isnull=False).aggregate(at=Min("finished_at"))[
        "at"
    ]
    return max(half_past_eight, first) if first is not None else half_past_eight


def _offices() -> QuerySet[User]:
    roles = [role.value for role in holders(Permission.MANAGE_ALERTS)]
    return User.objects.filter(role__in=roles, is_active=True).exclude(username=SYSTEM_USERNAME)


def _tell(user: User, kind: DigestKind, wanted: Q, for_on: date, reach: list[Channel]) -> int | None:
    """The person's digest with what it tells and the rows of the outbox, or nothing at all; how many lines.

    None: nothing to tell, or another worker was faster; the unique rows of the database decide."""
    is_urgent = kind is DigestKind.URGENT
    try:
        with transaction.atomic():
            lines: list[Line] = list(untold(user, wanted).values_list("pk", "height", "is_backlog"))
            counts = counted(lines)
            if not is_urgent and (unsettled := trouble(user).count):
                counts[TROUBLE] = unsettled
            if not counts:
                return None
            digest = Digest.objects.create(
                user=user,
                kind=kind.value,
                for_on=for_on,
                sequence=_next_urgent(user, for_on) if is_urgent else 0,
                counts=counts,
                made_at=clock.now(),
            )
            Telling.objects.bulk_create(
                [Telling(alert_id=pk, user=user, digest=digest) for pk, _, _ in lines], batch_size=CHUNK
            )
            Delivery.objects.bulk_create(_deliveries(digest, reach))
            revisions.bump([user.unit_id])  # the badge stands on pages that answer "unchanged"
    except IntegrityError:
        logger.info("digest %s of %s for %s was made by another worker", kind.value, user.pk, for_on)
        return None
    return len(lines)


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """All, how many on each rung, how many 存量; {} for no lines."""
    counts: Counter[str] = Counter()
    for _, height, is_backlog in lines:
        counts[TOTAL] += 1
        counts[LADDER[height - 1].value] += 1
        counts[BACKLOG] += is_backlog
    return {word: count for word, count in counts.items() if count}


def _next_urgent(user: User, for_on: date) -> int:
    urgent = Digest.objects.filter(user=user, kind=DigestKind.URGENT.value, for_on=for_on)
    last = urgent.aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def _deliveries(digest: Digest, reach: list[Channel]) -> list[Delivery]:
    choice = Choice.objects.filter(user=digest.user).first() or Choice(user=digest.user)
    wanted = {
        ChannelKind.EMAIL.value: bool(digest.user.email) and choice.by_email,
        ChannelKind.SMS.value: bool(digest.user.phone) and choice.by_sms,
    }
    return [
        _delivery(channel, digest.for_on, digest.counts, digest) for channel in reach if wanted[channel.kind]
    ]


def _delivery(channel: Channel, for_on: date, counts: dict[str, int], digest: Digest | None) -> Delivery:
    now = clock.real_now()
    return Delivery(channel=channel, digest=digest, for_on=for_on, counts=counts, made_at=now, due_at=now)


def _note_groups(today: date) -> int:
    """One note a day to each group that is listed: how much was told to the people of its unit."""
    made = 0
    noted = Delivery.objects.filter(channel=OuterRef("pk"), digest__isnull=True, for_on=today)
    groups = Channel.objects.filter(is_enabled=True, unit__isnull=False).exclude(Exists(noted))
    for channel in groups.select_related("unit"):
        unit = channel.unit
        if unit is None:
            continue
        told = Alert.objects.filter(tellings__digest__for_on=today, unit__path__startswith=unit.path)
        counts = counted(told.distinct().values_list("pk", "height", "is_backlog"))
        if counts:
            note = _delivery(channel, today, counts, None)
            made += len(Delivery.objects.bulk_create([note], ignore_conflicts=True))
    return made


def _scan_runs(now: datetime) -> bool:
    return Scan.objects.filter(
        finished_at__isnull=True, started_at__gt=now - SCAN_AT_MOST, started_at__lte=now
    ).exists()
