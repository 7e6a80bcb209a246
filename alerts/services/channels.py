"""Ways out of the house, listed by 系统管理员: added, tried out, switched on and off. Off by default."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from alerts.models import Channel, Delivery
from alerts.rules.messages import Note, TemplateBroken, check_template
from alerts.rules.sending import ChannelKind, DeliveryState
from alerts.services import sending
from alerts.services.wires import http, mail
from alerts.services.wires.outcome import NotSent, Unclear
from rectify.lib import clock
from rectify.lib.sealing import mark, seal
from townships.access import allowed
from townships.models import Unit, User
from townships.rules.permissions import Permission
from townships.services import events

SWITCHED_OFF = "渠道已停用"
GONE = "这个渠道已经不在了。"


class ChannelRefused(Exception):
    """The channel stays as it was; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What 系统管理员 gives. ``unit``: of a group's channel alone; ``body``: of an SMS gateway alone."""

    kind: ChannelKind
    name: str
    address: str
    link: str
    unit: Unit | None = None
    secret: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """The new channel; ``secret``: the one that the house made for it, shown this once, else empty."""

    channel: Channel
    secret: str


def mail_channel() -> Channel:
    """The channel of mails: always there; the server is EMAIL_URL's."""
    made, _ = Channel.objects.get_or_create(
        kind=ChannelKind.EMAIL.value,
        defaults={
            "name": ChannelKind.EMAIL.label,
            "link": _own_address(),
            "is_enabled": True,
            "made_at": clock.now(),
        },
    )
    return made


def ways() -> list[Channel]:
    """The channels that reach single people now."""
    found = list(Channel.objects.filter(kind=ChannelKind.SMS.value, is_enabled=True).order_by("pk"))
    if mail.is_configured() and (mails := mail_channel()).is_enabled:
        found.insert(0, mails)
    return found


@transaction.atomic
def add(listing: Listing, *, by: User) -> Added:
    """List a channel, switched off. ChannelRefused for an address that OUTBOUND_ALLOW does not name."""
    _must(by)
    if listing.kind is ChannelKind.EMAIL:
        raise ChannelRefused("邮件只有一个渠道，服务器由 EMAIL_URL 指定。")
    if listing.kind.is_personal == (listing.unit is not None):
        raise ChannelRefused("短信网关不选单位，其他渠道要选一个单位。")
    host = _host(listing)
    made_here = secrets.token_urlsafe(32) if _needs_own_secret(listing) else ""
    channel = Channel(
        kind=listing.kind.value,
        name=listing.name,
        unit=listing.unit,
        host=host,
        address=seal(listing.address),
        address_mark=mark(listing.address),
        secret=seal(listing.secret or made_here),
        body=listing.body,
        link=_link(listing.link),
        made_by=by,
        made_at=clock.now(),
    )
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError as error:
        raise ChannelRefused("这个地址已经列过了。") from error
    _record(channel, "add_channel", f"列入外部渠道：{channel.name}（{host}）", by)
    return Added(channel, made_here)


@transaction.atomic
def switch(pk: int, *, is_enabled: bool, by: User) -> Channel:
    """Switch a channel on or off; what waits for one that is switched off is not sent any more."""
    _must(by)
    channel = _held(pk)
    if is_enabled and ChannelKind(channel.kind) is not ChannelKind.EMAIL and not http.is_listed(channel.host):
        raise ChannelRefused(_unlisted(channel.host))
    if is_enabled and ChannelKind(channel.kind) is ChannelKind.EMAIL and not mail.is_configured():
        raise ChannelRefused("没有配置邮件服务器：请先在服务器上设置 EMAIL_URL。")
    if channel.is_enabled == is_enabled:
        return channel
    channel.is_enabled = is_enabled
    channel.save(update_fields=["is_enabled"])
    if not is_enabled:
        waiting = Delivery.objects.filter(channel=channel, state=DeliveryState.WAITING.value)
        waiting.update(state=DeliveryState.CANCELLED.value, failure=SWITCHED_OFF)
    word = "启用" if is_enabled else "停用"
    _record(channel, "switch_channel", f"{word}外部渠道：{channel.name}", by)
    return channel


@transaction.atomic
def set_link(pk: int, *, link: str, by: User) -> Channel:
    """Where those who read the channel's messages reach the house."""
    _must(by)
    channel = _held(pk)
    channel.link = _link(link)
    channel.save(update_fields=["link"])
    _record(channel, "set_channel_link", f"{channel.name}的登录网址改为 {channel.link}", by)
    return channel


@transaction.atomic
def remove(pk: int, *, by: User) -> None:
    """Take a channel from the list; one that has sent something stays, switched off."""
    _must(by)
    channel = _held(pk)
    if ChannelKind(channel.kind) is ChannelKind.EMAIL:
        raise ChannelRefused("邮件渠道不能删除，可以停用。")
    if Delivery.objects.filter(channel=channel).exists():
        raise ChannelRefused("这个渠道有投递记录，不能删除，可以停用。")
    _record(channel, "remove_channel", f"删除外部渠道：{channel.name}（{channel.host}）", by)
    channel.delete()


def send_test(pk: int, *, by: User) -> None:
    """A message without any figure: to oneself by mail or SMS, else to the group. ChannelRefused with what
    went wrong. What a person sends goes at any hour, also while the channel is off."""
    _must(by)
    channel = Channel.objects.filter(pk=pk).first()
    if channel is None:
        raise ChannelRefused(GONE)
    note = Note(clock.today(), {}, channel.link, str(uuid.uuid4()), is_test=True)
    try:
        sending.write(channel, note, to=by).send()
    except (NotSent, sending.Unwritable) as error:
        raise ChannelRefused(f"没有发出：{error}。") from error
    except sending.Pointless as error:
        raise ChannelRefused(f"没有发出：{error}，请先在账号里填写。") from error
    except Unclear as error:
        raise ChannelRefused(f"{error}。请看对方是否收到。") from error
    finally:
        _record(channel, "test_channel", f"向外部渠道发测试消息：{channel.name}", by)


# --- checks -------------------------------------------------------------------------------------------------
def _host(listing: Listing) -> str:
    try:
        # The fields of an SMS gateway's address are no part of its host.
        host = http.host_of(listing.address.split("?", 1)[0])
        if listing.kind is ChannelKind.SMS:
            check_template(listing.address, listing.body)
        else:
            http.host_of(listing.address)
    except (NotSent, TemplateBroken) as error:
        raise ChannelRefused(str(error)) from error
    if not http.is_listed(host):
        raise ChannelRefused(_unlisted(host))
    return host


def _unlisted(host: str) -> str:
    return f"{host} 不在允许访问的地址里：请先由服务器管理员写进 OUTBOUND_ALLOW 并重启。"


def _link(link: str) -> str:
    try:
        http.host_of(link)
    except NotSent as error:
        raise ChannelRefused(f"登录网址：{error}") from error
    return link


def _needs_own_secret(listing: Listing) -> bool:
    return listing.kind is ChannelKind.WEBHOOK and not listing.secret


def _own_address() -> str:
    """Where browsers reach us, as far as the environment says so; 系统管理员 may correct it."""
    return settings.CSRF_TRUSTED_ORIGINS[0] + "/" if settings.CSRF_TRUSTED_ORIGINS else ""


def _held(pk: int) -> Channel:
    channel = Channel.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if channel is None:
        raise ChannelRefused(GONE)
    return channel


def _must(by: User) -> None:
    if not (verdict := allowed(by, Permission.MANAGE_SETTINGS)):
        raise ChannelRefused(verdict.reason)


def _record(channel: Channel, action: str, summary: str, by: User) -> None:
    events.record(subject_type="channel", subject_id=channel.pk, action=action, summary=summary, by=by)
