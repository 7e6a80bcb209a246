"""Sending what waits in the outbox: take a row, write its message, put it on the wire, keep the outcome."""

from __future__ import annotations

import logging
import uuid
from collections import Counter

from alerts.models import Alert, Channel, Choice, Delivery, Digest
from alerts.rules import messages
from alerts.rules.messages import Note, TemplateBroken
from alerts.rules.sending import ChannelKind, DeliveryState, DigestKind, is_open
from alerts.services import outbox
from alerts.services.wires import http, mail
from alerts.services.wires.outcome import NotSent, Unclear
from rectify.lib import clock
from rectify.lib.sealing import SealBroken, unseal
from townships.models import User
from townships.queries.calendar import workdays

logger = logging.getLogger(__name__)
MOST = 2_000
"""Rows of one run: a worker is not kept for ever; the next minute goes on."""


class Pointless(Exception):
    """Nobody is to be told by this row any more; ``str(error)`` says why."""


class Unwritable(Exception):
    """The message cannot be written as the channel is set up; ``str(error)`` says why."""


def send_waiting(*, most: int = MOST) -> dict[str, int]:
    """Send what is due, in hours, until nothing is left; returns how many rows came to which state.

    Any number of workers may run it at once."""
    _, uncertain = outbox.release_expired()
    outcomes: Counter[str] = Counter({DeliveryState.UNCERTAIN.value: uncertain} if uncertain else {})
    worker = uuid.uuid4().hex
    for _ in range(most):
        delivery = outbox.claim(worker, is_open=is_open(clock.now(), workdays()))
        if delivery is None:
            break
        outcomes[_sent_one(delivery, worker).value] += 1
    return dict(outcomes)


def _sent_one(delivery: Delivery, worker: str) -> DeliveryState:
    try:
        wire = _written(delivery)
    except Pointless as error:
        outbox.cancel(delivery, worker, str(error))
        return DeliveryState.CANCELLED
    except Unwritable as error:
        outbox.give_up(delivery, worker, str(error))
        return DeliveryState.GIVEN_UP
    if not outbox.begin(delivery, worker):
        return DeliveryState.WAITING
    try:
        wire.send()
    except NotSent as error:
        return outbox.failed(delivery, worker, str(error), is_final=error.is_final)
    except Unclear as error:
        outbox.doubtful(delivery, worker, str(error))
        return DeliveryState.UNCERTAIN
    except Exception as error:
        # Whatever broke between the house and the wire: nobody knows, and the other rows go on.
        logger.exception("delivery %s", delivery.pk)
        outbox.doubtful(delivery, worker, f"发送时出错（{type(error).__name__}），不能确定对方是否收到")
        return DeliveryState.UNCERTAIN
    outbox.sent(delivery, worker)
    return DeliveryState.SENT


class Mail:
    """A mail, written."""

    def __init__(self, to: str, note: Note) -> None:
        self.to, self.note = to, note

    def send(self) -> None:
        """Raises NotSent or Unclear."""
        mail.post(
            to=self.to,
            subject=messages.title(self.note),
            text=messages.sentence(self.note),
            key=self.note.key,
        )


class Post:
    """A request to a listed address, written."""

    def __init__(self, kind: ChannelKind, request: messages.Request) -> None:
        self.kind, self.request = kind, request

    def send(self) -> None:
        """Raises NotSent or Unclear, also for an answer that says no."""
        answer = messages.answer(self.kind, *http.post(self.request))
        if not answer.is_clear:
            raise Unclear(answer.words)
        if not answer.is_taken:
            raise NotSent(answer.words, is_final=answer.is_final)


def _written(delivery: Delivery) -> Mail | Post:
    """The message of a claimed row, ready to go. Raises Pointless or Unwritable."""
    channel, digest = delivery.channel, delivery.digest
    note = Note(
        for_on=delivery.for_on,
        counts=delivery.counts,
        link=channel.link,
        key=str(delivery.key),
        is_urgent=digest is not None and digest.kind == DigestKind.URGENT.value,
    )
    if digest is None:
        return write(channel, note, to=None)
    _must_tell(digest, delivery)
    return write(channel, note, to=digest.user)


def write(channel: Channel, note: Note, *, to: User | None) -> Mail | Post:
    """The note in the channel's form; ``to``: whose own address, for mail and SMS. Raises Pointless where the
    person has none, Unwritable where the channel is broken."""
    kind = ChannelKind(channel.kind)
    if kind is ChannelKind.EMAIL:
        return Mail(_address(to, "email", "没有邮箱"), note)
    try:
        url, secret = unseal(channel.address), unseal(channel.secret)
        if kind is ChannelKind.SMS:
            phone = _address(to, "phone", "没有电话")
            made = messages.sms_request(note=note, url=url, body=channel.body, secret=secret, phone=phone)
        else:
            made = messages.request(
                kind, note=note, url=url, secret=secret, at=int(clock.real_now().timestamp())
            )
    except SealBroken as error:
        raise Unwritable("渠道的地址或密钥打不开（SECRET_KEY 换过），请重新填写") from error
    except TemplateBroken as error:
        raise Unwritable(str(error)) from error
    return Post(kind, made)


def _address(user: User | None, field: str, lacking: str) -> str:
    address = str(getattr(user, field, "") or "").strip()
    if not address:
        raise Pointless(f"{user.name if user else ''}{lacking}")
    return address


def _must_tell(digest: Digest, delivery: Delivery) -> None:
    """Between digest and sending people leave, change their mind, and alerts are dealt with."""
    user = digest.user
    if not user.is_active:
        raise Pointless("人员已停用")
    choice = Choice.objects.filter(user=user).first()
    wanted = {ChannelKind.EMAIL: "by_email", ChannelKind.SMS: "by_sms"}[ChannelKind(delivery.channel.kind)]
    if choice is not None and not getattr(choice, wanted):
        raise Pointless("本人选择不接收")
    is_open_still = Alert.objects.filter(
        tellings__digest=digest, voided_at__isnull=True, handled_at__isnull=True
    ).exists()
    if not is_open_still and not delivery.counts.get(messages.TROUBLE):
        raise Pointless("预警都已处理或作废")
