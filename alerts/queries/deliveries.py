"""What became of messages: those a person must decide, those given up, by whose office."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from alerts.models import Channel, Choice, Delivery
from alerts.queries.seats import EmptySeats, empty_seats, without_leader
from alerts.rules.sending import DeliveryState
from townships.access import acting_root
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

S = DeliveryState
LAST_FAILURES = 20


def deliveries_seen_by(user: User) -> QuerySet[Delivery]:
    """The messages to people and groups under the tree that an office acts for."""
    seen = Delivery.objects.select_related("channel__unit", "digest__user__unit")
    if not user.is_active or not holds(Role(user.role), Permission.MANAGE_ALERTS):
        return seen.none()
    root = acting_root(user)
    return seen.filter(
        Q(digest__user__unit__path__startswith=root) | Q(digest=None, channel__unit__path__startswith=root)
    )


def uncertain(user: User) -> QuerySet[Delivery]:
    """Messages of which nobody knows whether they arrived, oldest first."""
    return deliveries_seen_by(user).filter(state=S.UNCERTAIN.value).order_by("pk")


def given_up(user: User) -> QuerySet[Delivery]:
    """Messages that did not arrive and that no person has decided about."""
    return deliveries_seen_by(user).filter(state=S.GIVEN_UP.value, decided_at__isnull=True).order_by("pk")


def failing(user: User) -> QuerySet[Delivery]:
    """Messages that failed and are tried again."""
    waiting = deliveries_seen_by(user).filter(state__in=[S.WAITING.value, S.CLAIMED.value, S.SENDING.value])
    return waiting.exclude(failure="").order_by("due_at", "pk")


@dataclass(frozen=True, slots=True)
class Trouble:
    """The office's morning summary: what was not told, and to whom it cannot be told."""

    uncertain: int
    given_up: int
    failing: int
    empty: list[EmptySeats]
    leaderless: list[Unit]

    @property
    def count(self) -> int:
        """What asks for a person; messages still tried and units without a leader are only said."""
        return self.uncertain + self.given_up + self.empty_seats

    @property
    def empty_seats(self) -> int:
        return sum(len(unit.counts) for unit in self.empty)

    @property
    def untold(self) -> int:
        """Alerts that wait at empty seats."""
        return sum(unit.total for unit in self.empty)


def trouble(user: User) -> Trouble:
    """What the office of ``user`` has to see to; nothing for whom does not manage alerts."""
    if not user.is_active or not holds(Role(user.role), Permission.MANAGE_ALERTS):
        return Trouble(0, 0, 0, [], [])
    root = acting_root(user)
    return Trouble(
        uncertain(user).count(),
        given_up(user).count(),
        failing(user).count(),
        empty_seats(root),
        list(without_leader(root)),
    )


def channels() -> QuerySet[Channel]:
    """Every way out, with how many messages wait and how many failed."""
    waiting = Count("deliveries", filter=Q(deliveries__state__in=[S.WAITING.value, S.CLAIMED.value]))
    lost = Count("deliveries", filter=Q(deliveries__state__in=[S.GIVEN_UP.value, S.UNCERTAIN.value]))
    return Channel.objects.select_related("unit").annotate(waiting=waiting, lost=lost)


def last_failures(channel: Channel) -> list[Delivery]:
    """The channel's latest messages that failed at least once, newest first."""
    failed = Delivery.objects.filter(channel=channel).exclude(failure="")
    return list(failed.order_by("-pk")[:LAST_FAILURES])


def own_choice(user: User) -> Choice:
    """What the person chose, or everything where he never did."""
    return Choice.objects.filter(user=user).first() or Choice(user=user)


def channel(pk: int) -> Channel | None:
    """One way out, counted as ``channels`` does."""
    return channels().filter(pk=pk).first()
