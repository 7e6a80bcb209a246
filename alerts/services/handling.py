"""What people do about messages: an alert is handled, an uncertain delivery is decided, a choice is made."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction

from alerts.models import Choice, Delivery
from alerts.queries.deliveries import deliveries_seen_by
from alerts.queries.inbox import of_items, told_to
from alerts.rules.sending import DeliveryState
from alerts.rules.telling import ItemKey
from rectify.lib import clock, jobs
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions

NAMED = 5
S = DeliveryState


class Decision(StrEnum):
    """ARRIVED: somebody asked, it is there. RESEND: it is not. DROP: no more of it."""

    ARRIVED = "arrived"
    RESEND = "resend"
    DROP = "drop"

    @property
    def label(self) -> str:
        return {"arrived": "已送达", "resend": "重发", "drop": "不再发送"}[self.value]


class DecisionRefused(Exception):
    """Nothing changed; ``str(error)`` says why in Chinese."""


@transaction.atomic
def handle(keys: list[ItemKey], *, by: User) -> int:
    """Mark the person's open alerts of these items as handled, for his seats; returns how many. Later rungs
    and steps come as new alerts."""
    open_ = told_to(by).filter(of_items(keys), handled_at__isnull=True)
    alerts = list(open_.select_for_update(of=("self",)).order_by("pk"))
    if not alerts:
        return 0
    ids = [alert.pk for alert in alerts]
    type(alerts[0]).objects.filter(pk__in=ids).update(handled_at=clock.now(), handled_by=by)
    numbers = list(dict.fromkeys(alert.number for alert in alerts))
    named = "、".join(numbers[:NAMED]) + ("等" if len(numbers) > NAMED else "")
    events.record(
        subject_type="alert",
        subject_id=ids[0],
        action="handle_alerts",
        summary=f"{named}的{len(ids)}条预警标为已处理",
        by=by,
        facts={"alerts": ids},
    )
    revisions.bump({by.unit_id, *(alert.unit_id for alert in alerts)})
    return len(ids)


@transaction.atomic
def decide(pk: int, decision: Decision, *, by: User) -> Delivery:
    """What an office decides about a message that is uncertain or was given up."""
    if not (verdict := allowed(by, Permission.MANAGE_ALERTS)):
        raise DecisionRefused(verdict.reason)
    delivery = deliveries_seen_by(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if delivery is None:
        raise DecisionRefused("这条投递不在您的工作范围内。")
    is_uncertain = delivery.state == S.UNCERTAIN.value
    is_given_up = delivery.state == S.GIVEN_UP.value and delivery.decided_at is None
    if not (is_uncertain or (is_given_up and decision is not Decision.ARRIVED)):
        raise DecisionRefused("这条投递已经处理过了。")
    _decided(delivery, decision, by)
    whom = delivery.digest.user.name if delivery.digest else delivery.channel.name
    events.record(
        subject_type="delivery",
        subject_id=delivery.pk,
        action="decide_delivery",
        summary=f"{delivery.for_on}发给{whom}的{delivery.channel.name}：{decision.label}",
        by=by,
    )
    return delivery


def _decided(delivery: Delivery, decision: Decision, by: User) -> None:
    now = clock.real_now()
    delivery.decided_at, delivery.decided_by = now, by
    delivery.leased_by, delivery.lease_until = "", None
    if decision is Decision.ARRIVED:
        delivery.state, delivery.sent_at = S.SENT.value, delivery.began_at or now
    elif decision is Decision.RESEND:
        delivery.state, delivery.is_by_hand = S.WAITING.value, True
        delivery.attempts, delivery.due_at = 0, now
        jobs.enqueue_on_commit("alerts.send_deliveries")
    else:
        delivery.state = S.GIVEN_UP.value
    delivery.save()


@transaction.atomic
def choose(*, by_email: bool, by_sms: bool, by: User) -> Choice:
    """What the person wants to be told outside; the inbox is always there."""
    made, _ = Choice.objects.update_or_create(user=by, defaults={"by_email": by_email, "by_sms": by_sms})
    words = "、".join(
        f"{word}{'接收' if wanted else '不接收'}" for word, wanted in (("邮件", by_email), ("短信", by_sms))
    )
    events.record(
        subject_type="user", subject_id=by.pk, action="choose_ways", summary=f"预警通知：{words}", by=by
    )
    return made
