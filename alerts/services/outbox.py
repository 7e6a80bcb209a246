"""The outbox: rows claimed by a conditional update with a lease, so that many workers send nothing twice and
a killed one loses nothing.

waiting → claimed (nothing has left) → sending (something may have) → sent; failed goes back to waiting, later
and later, and is given up at last. A lease that runs out on a claimed row gives it back; on a sending one
nobody knows, so a person decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from alerts.models import Channel, Delivery
from alerts.rules.sending import PER_MINUTE, ChannelKind, DeliveryState, wait_after
from rectify.lib import clock

LEASE = timedelta(minutes=2)
FAR = timedelta(hours=6)
"""No retry and no lease lies so far ahead: one that does was written before the clock was set back."""
MINUTE = timedelta(minutes=1)
CHOICE = 20
INTERRUPTED = "发送时中断，不能确定对方是否收到"
S = DeliveryState


def release_expired() -> tuple[int, int]:
    """Give back what killed workers held; returns how many wait again and how many are uncertain."""
    now = clock.real_now()
    over = Delivery.objects.filter(Q(lease_until__lt=now) | Q(lease_until__gt=now + FAR))
    again = over.filter(state=S.CLAIMED.value).update(state=S.WAITING.value, leased_by="", lease_until=None)
    # leased_by stays: a slow worker that is alive after all may still say what became of it.
    doubtful = over.filter(state=S.SENDING.value).update(
        state=S.UNCERTAIN.value, lease_until=None, failure=INTERRUPTED
    )
    return again, doubtful


def claim(worker: str, *, is_open: bool) -> Delivery | None:
    """Take one delivery that is due; outside the hours only what a person sends. None: nothing is left.

    ``worker`` names this claimer and no other, ever: a lease is checked by it."""
    tried: set[int] = set()
    while ids := _due(is_open, tried):
        pk = random.choice(ids)  # noqa: S311 - workers spread over the head of the queue
        tried.add(pk)
        taken = Delivery.objects.filter(pk=pk, state=S.WAITING.value).update(
            state=S.CLAIMED.value, leased_by=worker, lease_until=clock.real_now() + LEASE
        )
        if taken:
            return Delivery.objects.select_related("channel", "digest__user__unit").get(pk=pk)
    return None


def _due(is_open: bool, but: set[int]) -> Sequence[int]:
    now = clock.real_now()
    waiting = Delivery.objects.filter(
        Q(due_at__lte=now) | Q(due_at__gt=now + FAR), state=S.WAITING.value, channel__is_enabled=True
    )
    if not is_open:
        waiting = waiting.filter(is_by_hand=True)
    return list(waiting.exclude(pk__in=but).order_by("due_at", "pk").values_list("pk", flat=True)[:CHOICE])


def begin(delivery: Delivery, worker: str) -> bool:
    """The last step before the wire. False: the lease is lost, or the address had its twenty messages of this
    minute and the row waits until one of them is a minute old."""
    now = clock.real_now()
    with transaction.atomic():
        free_at = _free_at(delivery.channel, now)
        if free_at is not None:
            _held(delivery, worker, S.CLAIMED).update(
                state=S.WAITING.value, leased_by="", lease_until=None, due_at=free_at
            )
            return False
        begun = (
            _held(delivery, worker, S.CLAIMED)
            .filter(lease_until__gte=now)
            .update(state=S.SENDING.value, began_at=now, lease_until=now + LEASE, attempts=F("attempts") + 1)
        )
    delivery.attempts += begun
    return bool(begun)


def _free_at(channel: Channel, now: datetime) -> datetime | None:
    """When the channel takes a message again; None: now. Its row is held, or two workers would both count
    nineteen."""
    if ChannelKind(channel.kind) is ChannelKind.EMAIL:
        return None
    Channel.objects.select_for_update().get(pk=channel.pk)
    recent = Delivery.objects.filter(channel=channel, began_at__gt=now - MINUTE, began_at__lte=now)
    began = list(recent.order_by("-began_at").values_list("began_at", flat=True)[:PER_MINUTE])
    return began[-1] + MINUTE if len(began) == PER_MINUTE and began[-1] is not None else None


def sent(delivery: Delivery, worker: str) -> bool:
    """The other side has taken it."""
    return _finish(delivery, worker, S.SENT, "", sent_at=clock.real_now())


def failed(delivery: Delivery, worker: str, why: str, *, is_final: bool) -> DeliveryState:
    """The other side has not taken it: later again, or given up. Returns which."""
    wait = None if is_final else wait_after(delivery.attempts, random.random())  # noqa: S311
    if wait is None:
        _finish(delivery, worker, S.GIVEN_UP, why)
        return S.GIVEN_UP
    _finish(delivery, worker, S.WAITING, why, due_at=clock.real_now() + wait, leased_by="")
    return S.WAITING


def doubtful(delivery: Delivery, worker: str, why: str) -> None:
    """Something has left and nothing came back."""
    _finish(delivery, worker, S.UNCERTAIN, why)


def cancel(delivery: Delivery, worker: str, why: str) -> None:
    """There is nobody to tell any more; nothing has left."""
    _held(delivery, worker, S.CLAIMED).update(
        state=S.CANCELLED.value, leased_by="", lease_until=None, failure=why[:200]
    )


def give_up(delivery: Delivery, worker: str, why: str) -> None:
    """It cannot even be written: a broken template, a key that does not open. Nothing has left."""
    _held(delivery, worker, S.CLAIMED).update(
        state=S.GIVEN_UP.value, leased_by="", lease_until=None, failure=why[:200]
    )


def _finish(delivery: Delivery, worker: str, state: DeliveryState, why: str, **more: object) -> bool:
    """Also from uncertain, while no person has decided: the worker was slow, not dead, and knows."""
    done = Delivery.objects.filter(
        pk=delivery.pk, leased_by=worker, state__in=[S.SENDING.value, S.UNCERTAIN.value]
    ).update(**{"state": state.value, "failure": why[:200], "lease_until": None, **more})
    return bool(done)


def _held(delivery: Delivery, worker: str, state: DeliveryState) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, leased_by=worker, state=state.value)
