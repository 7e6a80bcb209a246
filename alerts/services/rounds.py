"""Rounds: ask on somebody's word, open each period, take "nothing", let in late, chase, settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from alerts.models import Alert, Collection, Filing, Round
from alerts.queries.rounds import dates, running, stand, unit_kinds
from alerts.rules.ladder import Colour, ItemKind, Level, Subject
from alerts.rules.rounds import (
    NUDGE_HOURS,
    OWES_NOTHING,
    OWING,
    Matter,
    Period,
    Rhythm,
    asking_refusal,
    dates_of,
    periods,
    zero_refusal,
)
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.queries.calendar import workdays
from townships.rules.permissions import Permission
from townships.rules.roles import Duty
from townships.services import events, revisions


class RoundRefused(Exception):
    """Nothing was stored; ``str(error)`` says why in Chinese."""


@transaction.atomic
def ask(
    campaign: Campaign,
    *,
    title: str,
    rhythm: Rhythm,
    matter: Matter,
    levels: Sequence[str],
    ground: str,
    approver: str,
    period: Period,
    due_days: int,
    grace_days: int,
    door_days: int,
    by: User,
) -> Collection:
    """Begin to collect ``matter`` from the kinds of units in ``levels`` over ``period``; the rounds that have
    begun are opened at once. Days are working days.

    RoundRefused: not permitted, no ground, approver or end, nobody asked, the same asked twice."""
    _must(by, campaign)
    if reason := asking_refusal(ground, approver, period, (due_days, grace_days, door_days)):
        raise RoundRefused(reason)
    if not levels:
        raise RoundRefused("请选择由哪些单位报送。")
    if _asked_already(campaign, rhythm, matter, period, levels):
        raise RoundRefused(f"这段时间已经有{rhythm.label}收集{matter.label}，同样的内容不再另行报送。")
    made = Collection.objects.create(
        campaign=campaign,
        title=title.strip() or f"{matter.label}{rhythm.suffix}",
        rhythm=rhythm.value,
        matter=matter.value,
        levels=list(levels),
        ground=ground.strip(),
        approver=approver.strip(),
        from_on=period.first,
        until_on=period.last,
        due_days=due_days,
        grace_days=grace_days,
        door_days=door_days,
        made_by=by,
        made_at=clock.now(),
    )
    _record(made, "ask_round", f"发起{made.title}，依据{made.ground}，{made.approver}批准", by)
    _open(made, clock.today())
    revisions.bump([None])
    return made


def _asked_already(
    campaign: Campaign, rhythm: Rhythm, matter: Matter, period: Period, levels: Sequence[str]
) -> bool:
    """The same matter in the same rhythm from the same kind of units is asked once."""
    same = Collection.objects.filter(
        campaign=campaign,
        matter=matter.value,
        rhythm=rhythm.value,
        stopped_at__isnull=True,
        from_on__lte=period.last,
        until_on__gte=period.first,
    )
    return any(set(one.levels) & set(levels) for one in same)


@transaction.atomic
def stop(collection: Collection, *, by: User) -> None:
    """Ask no more: rounds that are open stay, none follows."""
    _must(by, collection.campaign)
    stopped = Collection.objects.filter(pk=collection.pk, stopped_at__isnull=True)
    if not stopped.update(stopped_at=clock.now(), stopped_by=by):
        raise RoundRefused("已经停止了。")
    _record(collection, "stop_round", f"停止{collection.title}", by)
    revisions.bump([None])


def keep(today: date | None = None) -> dict[str, int]:
    """Open the rounds that have begun and settle those whose door has closed; safe to run twice and to miss.

    Gives how many were {"opened", "settled"}."""
    day = today or clock.today()
    opened = sum(_open_held(collection, day) for collection in running(None, day))
    closed = Round.objects.filter(settled_at__isnull=True, closes_on__lt=day)
    settled = sum(_settle(pk, day) for pk in closed.values_list("pk", flat=True))
    _calm(day)
    return {"opened": opened, "settled": settled}


def _calm(today: date) -> None:
    """Void what chased a unit that has answered since, or whose door has closed."""
    open_ = Alert.objects.open().filter(subject=Subject.NUDGED.value, item_kind=ItemKind.FILING.value)
    rounds = Round.objects.filter(filings__in=open_.values("item_id")).select_related("collection").distinct()
    for one in rounds:
        own = one.filings.filter(pk__in=open_.values("item_id"))
        waits = {
            stood.filing.pk
            for stood in stand(one, own, today)
            if one.settled_at is None and stood.standing in OWING
        }
        over = open_.filter(item_id__in=[filing.pk for filing in own if filing.pk not in waits])
        if over.update(voided_at=clock.now(), void_cause=OWES_NOTHING):
            revisions.bump([None])


@transaction.atomic
def _open_held(collection: Collection, today: date) -> int:
    return _open(collection, today)


def _open(collection: Collection, today: date) -> int:
    """Make the rounds that have begun, each with the units that stand; two at once make them once."""
    whole = Period(collection.from_on, collection.until_on)
    begun = periods(Rhythm(collection.rhythm), whole, today)
    there = set(collection.rounds.values_list("first_on", flat=True))
    fresh = [period for period in begun if period.first not in there]
    for period in fresh:
        _open_period(collection, period)
    if fresh:
        revisions.bump([None])
    return len(fresh)


def _open_period(collection: Collection, period: Period) -> None:
    days = dates_of(
        period,
        due=collection.due_days,
        grace=collection.grace_days,
        door=collection.door_days,
        add=workdays().add,
    )
    one, _ = Round.objects.get_or_create(
        collection=collection,
        first_on=period.first,
        defaults={
            "last_on": period.last,
            "due_on": days.due_on,
            "on_time_until": days.on_time_until,
            "closes_on": days.closes_on,
        },
    )
    asked = unit_kinds(collection.campaign, collection.levels, period.first)
    Filing.objects.bulk_create(
        [Filing(round=one, unit_id=unit.pk) for kind in asked for unit in kind.units],
        ignore_conflicts=True,
    )


@transaction.atomic
def _settle(pk: int, today: date) -> int:
    """Write down how each unit stood; exceptions that still run keep the round open."""
    one = Round.objects.select_for_update(of=("self",)).select_related("collection").get(pk=pk)
    filings = list(one.filings.all())
    waiting = any(filing.late_until and filing.late_until >= today for filing in filings)
    if one.settled_at is not None or waiting:
        return 0
    for stood in stand(one, filings, today):
        stood.filing.standing = stood.standing.value
        stood.filing.answered_on = stood.answered_on
    Filing.objects.bulk_update(filings, ["standing", "answered_on"], batch_size=500)
    one.settled_at = clock.now()
    one.save(update_fields=["settled_at"])
    revisions.bump([None])
    return 1


@transaction.atomic
def say_nothing(filing: Filing, *, words: str, by: User) -> None:
    """零报告: the unit says in a sentence that it has nothing; RoundRefused as ``zero_refusal``, for others
    than the unit itself, and where it was said before."""
    if not (verdict := allowed(by, Permission.FILE_ROUNDS, filing)):
        raise RoundRefused(verdict.reason)
    one = filing.round
    if reason := zero_refusal(
        Matter(one.collection.matter), words, dates(one), filing.late_until, clock.today()
    ):
        raise RoundRefused(reason)
    said = Filing.objects.filter(pk=filing.pk, zero_at__isnull=True)
    if not said.update(zero_words=words.strip(), zero_by=by, zero_at=clock.now()):
        raise RoundRefused("本单位已经报过了。")
    _record(one.collection, "say_nothing", f"{filing.unit.name}零报告：{words.strip()}", by)
    revisions.bump([filing.unit_id])


@transaction.atomic
def let_in(filing: Filing, *, until: date, reason: str, by: User) -> None:
    """补报: this unit may answer until ``until`` though the door closes earlier; RoundRefused without a
    reason, for a day that is past or before the door, and once the round is settled."""
    _must(by, filing.round.collection.campaign)
    if not reason.strip():
        raise RoundRefused("请写明准许补报的理由。")
    if filing.round.settled_at is not None:
        raise RoundRefused("本期已经结账，结果不再变动。")
    if until < clock.today() or until <= filing.round.closes_on:
        raise RoundRefused("补报日期须在今天以后，并晚于关门日期。")
    Filing.objects.filter(pk=filing.pk).update(late_until=until, late_reason=reason.strip(), late_by=by)
    told = f"准许{filing.unit.name}补报至{until}：{reason.strip()}"
    _record(filing.round.collection, "let_in_late", told, by)
    revisions.bump([filing.unit_id])


@transaction.atomic
def chase(one: Round, *, by: User) -> int:
    """催报: tell the seats of all units that are still to answer, once; who was chased in the last
    ``NUDGE_HOURS`` is left in peace. Gives how many were told; RoundRefused where nobody is left to tell."""
    _must(by, one.collection.campaign)
    today, now = clock.today(), clock.now()
    if today > one.closes_on:
        raise RoundRefused("本期已经关门，不再催报。")
    held = list(one.filings.select_for_update(of=("self",)).select_related("unit").order_by("pk"))
    silent = [stood.filing for stood in stand(one, held, today) if stood.standing in OWING]
    rested = now - timedelta(hours=NUDGE_HOURS)
    told = [filing for filing in silent if filing.nudged_at is None or filing.nudged_at <= rested]
    if not told:
        reason = f"{NUDGE_HOURS}小时内已经催过。" if silent else "都已报送，没有要催的单位。"
        raise RoundRefused(reason)
    for filing in told:
        filing.nudged_at, filing.nudges = now, filing.nudges + 1
    Filing.objects.bulk_update(told, ["nudged_at", "nudges"], batch_size=500)
    Alert.objects.bulk_create([_nudge(one, filing) for filing in told], ignore_conflicts=True)
    _record(one.collection, "chase", f"{one.collection.title}催报{len(told)}个单位", by)
    revisions.bump({filing.unit_id for filing in told})
    return len(told)


def _nudge(one: Round, filing: Filing) -> Alert:
    """What a person sends goes at once; its anchor is the day, so that the next one is another."""
    today = clock.today()
    return Alert(
        campaign=one.collection.campaign,
        item_kind=ItemKind.FILING.value,
        item_id=filing.pk,
        number=one.collection.title[:40],
        subject=Subject.NUDGED.value,
        anchor_on=today,
        height=Level.REMINDER.height,
        unit=filing.unit,
        duty=Duty.STAFF.value,
        colour=Colour.YELLOW.value,
        word=Subject.NUDGED.label,
        is_urgent=True,
        planned_on=today,
        made_on=today,
        made_at=clock.now(),
    )


def _must(by: User, campaign: Campaign) -> None:
    if not (verdict := allowed(by, Permission.MANAGE_ROUNDS, campaign)):
        raise RoundRefused(verdict.reason)


def _record(collection: Collection, action: str, summary: str, by: User) -> None:
    events.record(subject_type="collection", subject_id=collection.pk, action=action, summary=summary, by=by)
