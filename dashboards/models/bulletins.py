"""Bulletins (通报) with the snapshot they stand on and, once signed, the files they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dashboards.rules.bulletins import KIND_LABELS, BulletinKind, BulletinState
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.rules.scope import Reach

KIND_CHOICES = [(kind.value, label) for kind, label in KIND_LABELS.items()]
STATE_CHOICES = [(state.value, state.label) for state in BulletinState]
BASES = [("claimed", "上报口径"), ("confirmed", "核实口径")]
FORMATS = [("docx", "Word 文档"), ("pdf", "PDF 文档")]
SIGNED, DROPPED = BulletinState.SIGNED.value, BulletinState.DROPPED.value


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def signed(self) -> BulletinQuerySet:
        return self.filter(state=SIGNED)

    def visible_to(self, user: User) -> BulletinQuerySet:
        """All of the campaigns under the root of an office or a leader; who only sees the board reads what
        was signed in the campaigns that the own unit takes part in."""
        role = Role(user.role)
        if not user.is_active or not holds(role, Permission.SEE_DASHBOARD):
            return self.none()
        writes = holds(role, Permission.PUBLISH_BULLETINS) or holds(role, Permission.SIGN_BULLETINS)
        if writes and user.scope.reach is Reach.TREE:
            return self.filter(campaign__in=Campaign.objects.under(user.scope.root))
        return self.signed().filter(campaign__in=campaigns_of(user))


class Bulletin(models.Model):
    """通报: one document over one period. ``snapshot``: the tallies as they stood when they were taken, which
    nothing changes later; ``parts``, ``counted`` and ``prose``: what of it is printed, and the words around
    it. ``number`` (机关代字 ``mark``, year, serial) is given at the signature. ``corrects``: the bulletin
    that this one puts right (更正)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bulletins")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="发文县")
    kind = models.CharField("种类", max_length=12, choices=KIND_CHOICES)
    state = models.CharField("状态", max_length=8, choices=STATE_CHOICES, default=BulletinState.DRAFT.value)
    first_on = models.DateField("起始日")
    last_on = models.DateField("截至日")
    basis = models.CharField("口径", max_length=10, choices=BASES)
    topic = models.CharField("专题", max_length=100, blank=True)
    narrowed = models.JSONField("范围", default=dict)
    snapshot = models.JSONField("快照", default=dict)
    taken_at = models.DateTimeField("取数时间")
    parts = models.JSONField("内容", default=list)
    counted = models.JSONField("列表的计量单位", default=list)
    prose = models.JSONField("文字", default=dict)
    title = models.CharField("标题", max_length=100)
    organ = models.CharField("发文机关", max_length=60)
    mark = models.CharField("机关代字", max_length=12)
    addressed_to = models.CharField("主送", max_length=200, blank=True)
    copied_to = models.CharField("抄送", max_length=300, blank=True)
    year = models.PositiveSmallIntegerField("年份", null=True)
    serial = models.PositiveIntegerField("顺序号", null=True)
    number = models.CharField("发文字号", max_length=40, blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", verbose_name="更正的通报"
    )
    correction_reason = models.CharField("更正原因", max_length=300, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("起草时间")
    sent_back_words = models.CharField("退回意见", max_length=300, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签发时间", null=True)
    signed_on = models.DateField("成文日期", null=True)
    version = models.PositiveIntegerField("版本", default=1)
    updated_at = models.DateTimeField("变动时间")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "mark", "year", "serial"],
                condition=Q(serial__isnull=False),
                name="bulletin_number_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "kind", "first_on", "last_on"],
                condition=Q(corrects__isnull=True) & ~Q(kind=BulletinKind.SPECIAL.value) & ~Q(state=DROPPED),
                name="bulletin_period_once",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False) & ~Q(state=DROPPED),
                name="bulletin_corrected_once",
            ),
            models.CheckConstraint(
                name="bulletin_known",
                condition=Q(kind__in=[value for value, _ in KIND_CHOICES])
                & Q(state__in=[value for value, _ in STATE_CHOICES])
                & Q(basis__in=[value for value, _ in BASES]),
            ),
            models.CheckConstraint(name="bulletin_period", condition=Q(first_on__lte=F("last_on"))),
            models.CheckConstraint(
                name="bulletin_signed_whole",
                condition=(
                    ~Q(state=SIGNED)
                    & Q(serial__isnull=True, year__isnull=True, number="", signed_by__isnull=True)
                    & Q(signed_at__isnull=True, signed_on__isnull=True)
                )
                | (
                    Q(state=SIGNED, year__isnull=False, serial__isnull=False, signed_by__isnull=False)
                    & Q(signed_at__isnull=False, signed_on__isnull=False)
                    & ~Q(number="")
                ),
            ),
            models.CheckConstraint(
                name="bulletin_signed_by_another", condition=~Q(signed_by=F("drafted_by"))
            ),
            models.CheckConstraint(
                name="bulletin_corrects_with_a_reason",
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class BulletinFile(models.Model):
    """A signed bulletin as a file, written once; every later download is these bytes."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="files")
    format = models.CharField("格式", max_length=4, choices=FORMATS)
    path = models.CharField("存放位置", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节")

    class Meta:
        ordering = ["bulletin", "format"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "format"], name="bulletin_file_once")]
