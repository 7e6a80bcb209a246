"""Rows for the tests of delivery: alerts, seats, ways out of the house."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import count
from typing import Any

from alerts.models import Alert, Channel
from alerts.rules.ladder import Colour, ItemKind, Level, Subject
from alerts.rules.sending import ChannelKind
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.sealing import mark, seal
from townships.models import Seat, Unit, User
from townships.rules.roles import Duty

MORNING = datetime(2018, 6, 6, 8, 31, tzinfo=clock.BEIJING)
"""A Wednesday, a minute after digests are made."""
SCANNED = time(6, 10)
SMS_BODY = '{"mobile": "{phone}", "content": "{text}", "key": "{key}", "password": "{secret}"}'
_items = count(1)


def alert(
    campaign: Campaign,
    unit: Unit,
    duty: Duty = Duty.HEAD,
    *,
    level: Level = Level.WARNING,
    on: date = date(2018, 6, 5),
    **more: Any,
) -> Alert:
    """An open alert for a seat, of an item of its own unless one is given."""
    item = more.pop("item_id", None) or next(_items)
    fields: dict[str, Any] = {
        "item_kind": ItemKind.ISSUE.value,
        "number": f"WT2018-{item:06d}",
        "subject": Subject.DUE.value,
        "anchor_on": on,
        "colour": Colour.RED.value,
        "word": "逾期",
        "planned_on": on,
        "made_on": on,
        "made_at": datetime.combine(on, SCANNED, tzinfo=clock.BEIJING),
    }
    return Alert.objects.create(
        campaign=campaign, unit=unit, duty=duty.value, height=level.height, item_id=item, **(fields | more)
    )


def sit(user: User | None, unit: Unit, duty: Duty = Duty.HEAD) -> Seat:
    return Seat.objects.create(unit=unit, duty=duty.value, user=user)


def mail_way(link: str = "http://10.0.0.8/") -> Channel:
    return Channel.objects.create(
        kind=ChannelKind.EMAIL.value, name="邮件", link=link, is_enabled=True, made_at=clock.now()
    )


def way(kind: ChannelKind, url: str, unit: Unit | None = None, **more: Any) -> Channel:
    """A channel that 系统管理员 listed and switched on."""
    fields: dict[str, Any] = {
        "name": kind.label,
        "host": url.split("/")[2],
        "address": seal(url),
        "address_mark": mark(url),
        "secret": seal("s3cret-of-the-channel"),
        "body": SMS_BODY if kind is ChannelKind.SMS else "",
        "link": "http://10.0.0.8/",
        "is_enabled": True,
        "made_at": clock.now(),
    }
    return Channel.objects.create(kind=kind.value, unit=unit, **(fields | more))
