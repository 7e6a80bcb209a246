"""How a message leaves: its kinds, the states of a delivery, when it may go, when it is tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from rectify.lib.workdays import Workdays

OPENS, CLOSES = time(8), time(20)
"""Beijing time; outside it nothing is sent but what a person sends (design, section 8)."""
DIGEST_AT = time(8, 30)
MORNING_ENDS = time(12)
"""An office without alerts of its own is told in the morning what did not arrive, or the next day."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
JITTER = 0.2
PER_MINUTE = 20
"""Messages to one address: what the group robots of 企业微信, 钉钉 and 飞书 take."""
LIST_MOST = 100
"""Rows of each list on the office's page of deliveries; the count above it is of all."""
_DAY = timedelta(days=1)


class ChannelKind(StrEnum):
    """A way out of the house. The inbox is none: it is a page, always there."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"

    @property
    def label(self) -> str:
        return CHANNEL_LABELS[self]

    @property
    def is_personal(self) -> bool:
        """Told to one person at his own address; the others are told to a group, of a unit."""
        return self in (ChannelKind.EMAIL, ChannelKind.SMS)


CHANNEL_LABELS: dict[ChannelKind, str] = {
    ChannelKind.EMAIL: "邮件",
    ChannelKind.SMS: "短信网关",
    ChannelKind.WEBHOOK: "通用接口（JSON）",
    ChannelKind.WECOM: "企业微信群机器人",
    ChannelKind.DINGTALK: "钉钉群机器人",
    ChannelKind.FEISHU: "飞书群机器人",
}


class DigestKind(StrEnum):
    """DAILY: everything new, once a workday; the office's also says what did not arrive and which seats are
    empty. URGENT: rungs told at once."""

    DAILY = "daily"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        return {"daily": "每日汇总", "urgent": "即时送达"}[self.value]


class DeliveryState(StrEnum):
    """CLAIMED: a worker has it and nothing has left yet. SENDING: something may have left; whoever dies here
    leaves it UNCERTAIN, for a person to decide. CANCELLED: nobody to tell any more."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: dict[DeliveryState, str] = {
    DeliveryState.WAITING: "待发送",
    DeliveryState.CLAIMED: "待发送",
    DeliveryState.SENDING: "发送中",
    DeliveryState.SENT: "已发送",
    DeliveryState.UNCERTAIN: "不能确定是否送达",
    DeliveryState.GIVEN_UP: "未送达",
    DeliveryState.CANCELLED: "不再发送",
}


def is_open(now: datetime, workdays: Workdays) -> bool:
    """Whether messages may leave at ``now`` (Beijing): workdays, 08:00 up to 20:00."""
    return workdays.is_workday(now.date()) and OPENS <= now.time() < CLOSES


def is_digest_time(now: datetime, workdays: Workdays) -> bool:
    """Whether the day's digest may be made: from 08:30 on, later when the house was down, never at night."""
    return is_open(now, workdays) and now.time() >= DIGEST_AT


def next_digest_day(now: datetime, workdays: Workdays) -> datetime:
    """The next instant at which digests are made: today's 08:30 if it is still ahead on a workday."""
    day = now.date()
    if now.time() >= DIGEST_AT or not workdays.is_workday(day):
        day += _DAY
        while not workdays.is_workday(day):
            day += _DAY
    return datetime.combine(day, DIGEST_AT, tzinfo=now.tzinfo)


def wait_after(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after the ``attempts``-th failure (1 is the first), spread by ``chance`` in 0..1 so
    that two hundred failures do not come back in one second; None: give up."""
    if attempts > len(RETRIES):
        return None
    return RETRIES[attempts - 1] * (1 + JITTER * (2 * chance - 1))
