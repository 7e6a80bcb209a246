"""What was told to whom, and by which way out of the house: digests, what they told, the outbox."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from alerts.models.alerts import Alert
from alerts.rules.sending import ChannelKind, DeliveryState, DigestKind
from townships.models import Unit

CHANNEL_CHOICES = [(kind.value, kind.label) for kind in ChannelKind]
DIGEST_CHOICES = [(kind.value, kind.label) for kind in DigestKind]
STATE_CHOICES = [(state.value, state.label) for state in DeliveryState]
S = DeliveryState
HELD = [S.CLAIMED.value, S.SENDING.value]
PERSONAL = [kind.value for kind in ChannelKind if kind.is_personal]
TROUBLE = [S.UNCERTAIN.value, S.GIVEN_UP.value]


class Channel(models.Model):
    """A way out that 系统管理员 listed. ``address`` and ``secret`` are sealed (an address may carry its key);
    ``host`` is what may be shown. ``link``: where those who read the message reach this house. A group's
    channel counts what is told to the people of ``unit`` and below."""

    kind = models.CharField("种类", max_length=10, choices=CHANNEL_CHOICES)
    name = models.CharField("名称", max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="单位")
    host = models.CharField("主机", max_length=260, blank=True)
    address = models.TextField("地址（密封）", blank=True)
    address_mark = models.CharField("地址标记", max_length=64, blank=True)
    secret = models.TextField("密钥（密封）", blank=True)
    body = models.TextField("请求内容模板", blank=True)
    link = models.CharField("登录网址", max_length=200, blank=True)
    is_enabled = models.BooleanField("启用", default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField("建立时间")

    class Meta:
        ordering = ["kind", "name", "id"]
        constraints = [
            models.CheckConstraint(
                name="channel_kind_known", condition=Q(kind__in=[value for value, _ in CHANNEL_CHOICES])
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=ChannelKind.EMAIL.value), name="channel_one_mail"
            ),
            models.UniqueConstraint(
                fields=["address_mark"], condition=~Q(address_mark=""), name="channel_address_once"
            ),
            models.CheckConstraint(
                name="channel_group_of_a_unit",
                condition=Q(kind__in=PERSONAL, unit__isnull=True)
                | (~Q(kind__in=PERSONAL) & Q(unit__isnull=False)),
            ),
        ]


class Choice(models.Model):
    """What a person wants to be told outside; without a row: everything that has an address."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="alert_choice"
    )
    by_email = models.BooleanField("发邮件", default=True)
    by_sms = models.BooleanField("发短信", default=True)


class Digest(models.Model):
    """One message to one person for the Beijing date ``for_on``; ``sequence`` is 0 but for urgent ones, of
    which a day may have several. ``counts``: word → number, all that an outside channel may carry."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="digests")
    kind = models.CharField("种类", max_length=8, choices=DIGEST_CHOICES)
    for_on = models.DateField("日期")
    sequence = models.PositiveSmallIntegerField("序号", default=0)
    counts = models.JSONField("件数", default=dict)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "for_on", "sequence"], name="digest_once"),
            models.CheckConstraint(
                name="digest_kind_known", condition=Q(kind__in=[value for value, _ in DIGEST_CHOICES])
            ),
            models.CheckConstraint(
                name="digest_one_a_day", condition=Q(kind=DigestKind.URGENT.value) | Q(sequence=0)
            ),
        ]


class Telling(models.Model):
    """An alert was told to a person, once. No time of reading: nobody's reading is listed (design, 8)."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="tellings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="tellings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="told_once")]


class Delivery(models.Model):
    """A row of the outbox: one message to one address. A person's belongs to a digest; a group's to a channel
    and a day. ``key`` goes along, so that the other side knows a message that it already has.

    Instants are the real clock's: leases and retries do not follow a demo's day."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, null=True, related_name="deliveries")
    for_on = models.DateField("日期")
    counts = models.JSONField("件数", default=dict)
    key = models.UUIDField("投递编号", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=STATE_CHOICES, default=S.WAITING.value)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    is_by_hand = models.BooleanField("人工重发", default=False)
    made_at = models.DateTimeField("生成时间")
    due_at = models.DateTimeField("应发时间")
    leased_by = models.CharField("占用者", max_length=40, blank=True)
    lease_until = models.DateTimeField("占用到", null=True)
    began_at = models.DateTimeField("开始发送", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    failure = models.CharField("未成原因", max_length=200, blank=True)
    decided_at = models.DateTimeField("人工处理时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "digest"], condition=Q(digest__isnull=False), name="delivery_once_a_digest"
            ),
            models.UniqueConstraint(
                fields=["channel", "for_on"], condition=Q(digest__isnull=True), name="delivery_once_a_group"
            ),
            models.CheckConstraint(
                name="delivery_state_known", condition=Q(state__in=[value for value, _ in STATE_CHOICES])
            ),
            models.CheckConstraint(
                name="delivery_held_on_a_lease",
                condition=~Q(state__in=HELD) | (Q(lease_until__isnull=False) & ~Q(leased_by="")),
            ),
            models.CheckConstraint(
                name="delivery_sent_at_a_time",
                condition=Q(state=S.SENT.value, sent_at__isnull=False)
                | (~Q(state=S.SENT.value) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_decided_by_somebody",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=S.WAITING.value), name="delivery_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state__in=HELD), name="delivery_held"),
            models.Index(fields=["state"], condition=Q(state__in=TROUBLE), name="delivery_trouble"),
            models.Index(fields=["channel", "began_at"], name="delivery_by_minute"),
        ]
