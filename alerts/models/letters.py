"""Letters with their issues, copies, frozen files and replies; the county's words for them; 无须通知."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alerts.rules.letters import KINDS, UNSENT, LetterKind, LetterState
from issues.models import Issue
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.scope import Reach

KIND_CHOICES = [(kind.value, KINDS[kind].label) for kind in LetterKind]
STATE_CHOICES = [(state.value, state.label) for state in LetterState]
FORMATS = [("docx", "Word 文档"), ("pdf", "PDF 文档")]
EDITIONS = [("full", "主送单位本"), ("masked", "遮盖本")]
REPLY_STATES = [("pending", "待审"), ("accepted", "已同意"), ("returned", "已退回")]
NEVER_SIGNED = [state.value for state in UNSENT]


class LetterQuerySet(models.QuerySet["Letter"]):
    def sent(self) -> LetterQuerySet:
        """Those that were signed."""
        return self.exclude(state__in=NEVER_SIGNED)

    def visible_to(self, user: User) -> LetterQuerySet:
        """All of the campaigns under the root of an office or a leader; of a unit what was signed and sent or
        copied to it. A client of the API sees what was signed."""
        scope = user.scope
        if scope.reach is Reach.NOTHING:
            return self.none()
        if scope.reach is Reach.TREE:
            seen = self.filter(campaign__in=Campaign.objects.under(scope.root))
            return seen.sent() if user.role == "api_client" else seen
        units = Unit.objects.in_scope(scope)
        copied = LetterCopy.objects.filter(unit__in=units).values("letter")
        return self.sent().filter(Q(unit__in=units) | Q(pk__in=copied))


class Letter(models.Model):
    """函件: one document to one unit. ``number`` (机关代字 ``mark``, year, serial) is given at the signature;
    ``frozen`` then holds the paper as signed (``full``, and ``masked`` where the addressee alone may read
    household names). ``facts_on``: the day of the figures in the prose. ``reply_due_on`` empty: no reply is
    asked. ``recalls``: the letter that this one takes back."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="letters")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="发文县")
    kind = models.CharField("种类", max_length=16, choices=KIND_CHOICES)
    state = models.CharField("状态", max_length=12, choices=STATE_CHOICES, default=LetterState.DRAFT.value)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="letters", verbose_name="主送单位")
    organ = models.CharField("发文机关", max_length=60)
    mark = models.CharField("机关代字", max_length=12)
    year = models.PositiveSmallIntegerField("年份", null=True)
    serial = models.PositiveIntegerField("顺序号", null=True)
    number = models.CharField("发文字号", max_length=40, blank=True)
    title = models.CharField("标题", max_length=100)
    basis = models.CharField("依据", max_length=200, blank=True)
    body = models.TextField("正文")
    demands = models.TextField("要求")
    contact = models.CharField("联系人", max_length=60, blank=True)
    facts_on = models.DateField("情况截至")
    reply_due_on = models.DateField("回复期限", null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("起草时间")
    sent_back_words = models.CharField("退回意见", max_length=300, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签发时间", null=True)
    signed_on = models.DateField("成文日期", null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField("签收时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    recalls = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="recalled_in", verbose_name="撤回的函件"
    )
    frozen = models.JSONField("定稿", default=dict)
    version = models.PositiveIntegerField("版本", default=1)
    updated_at = models.DateTimeField("变动时间")

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "mark", "year", "serial"],
                condition=Q(serial__isnull=False),
                name="letter_number_once",
            ),
            models.UniqueConstraint(
                fields=["recalls"],
                condition=Q(recalls__isnull=False) & ~Q(state="dropped"),
                name="letter_recalled_once",
            ),
            models.CheckConstraint(
                name="letter_known",
                condition=Q(kind__in=[value for value, _ in KIND_CHOICES])
                & Q(state__in=[value for value, _ in STATE_CHOICES]),
            ),
            models.CheckConstraint(
                name="letter_signed_whole",
                condition=Q(state__in=NEVER_SIGNED, serial__isnull=True, number="", signed_by__isnull=True)
                | (
                    ~Q(state__in=NEVER_SIGNED)
                    & Q(
                        year__isnull=False,
                        serial__isnull=False,
                        signed_by__isnull=False,
                        signed_at__isnull=False,
                        signed_on__isnull=False,
                    )
                    & ~Q(number="")
                ),
            ),
            models.CheckConstraint(name="letter_signed_by_another", condition=~Q(signed_by=F("drafted_by"))),
            models.CheckConstraint(
                name="letter_received_by_somebody",
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="letter_by_unit"),
            models.Index(
                fields=["reply_due_on"],
                condition=Q(state__in=["signed", "received"], reply_due_on__isnull=False),
                name="letter_reply_owed",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class LetterItem(models.Model):
    """An issue that a letter is about. ``binds``: the letter is a notice in force, of which an issue has one
    at most (W-081)."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="items")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="letter_items")
    position = models.PositiveSmallIntegerField("次序")
    requirement = models.CharField("整改要求", max_length=300, blank=True)
    binds = models.BooleanField(default=False)

    class Meta:
        ordering = ["letter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "issue"], name="letter_item_once"),
            models.UniqueConstraint(fields=["issue"], condition=Q(binds=True), name="letter_item_one_notice"),
        ]


class LetterCopy(models.Model):
    """抄送: a unit, which then reads the letter, or a name alone (分管领导)."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="copies")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("抄送", max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["letter", "position"]
        constraints = [models.UniqueConstraint(fields=["letter", "name"], name="letter_copy_once")]


class LetterFile(models.Model):
    """A signed letter as a file, written once; every later print is these bytes."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="files")
    edition = models.CharField("文本", max_length=8, choices=EDITIONS)
    format = models.CharField("格式", max_length=4, choices=FORMATS)
    path = models.CharField("存放位置", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节")

    class Meta:
        ordering = ["letter", "edition", "format"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "edition", "format"], name="letter_file_once")
        ]


class LetterReply(models.Model):
    """回复: the unit's words and what they point at; ``refers``: [{"kind", "id", "issue", "text"}] of plans,
    reports and evidence of the letter's issues. The paper of a 书面检查 lies at ``path``."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="replies")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="回复单位")
    words = models.TextField("回复")
    refers = models.JSONField("所附材料", default=list)
    file_name = models.CharField("文件名", max_length=120, blank=True)
    path = models.CharField("存放位置", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField("状态", max_length=10, choices=REPLY_STATES, default="pending")
    due_on = models.DateField("当时的回复期限")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("回复时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("审定时间", null=True)
    decision_words = models.CharField("审定意见", max_length=300, blank=True)

    class Meta:
        ordering = ["letter", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=Q(state="pending"), name="letter_reply_one_pending"
            ),
            models.CheckConstraint(
                name="letter_reply_decided_by_somebody",
                condition=Q(state="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="letter_reply_returned_with_words",
                condition=~Q(state="returned") | ~Q(decision_words=""),
            ),
        ]


class LetterWording(models.Model):
    """本县用语: the office's own organ, mark, title and text for one kind in one campaign; without a row the
    shipped words stand."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="letter_wordings")
    kind = models.CharField("种类", max_length=16, choices=KIND_CHOICES)
    organ = models.CharField("发文机关", max_length=60, blank=True)
    mark = models.CharField("机关代字", max_length=12)
    days = models.PositiveSmallIntegerField("回复期限（工作日）")
    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文")
    demands = models.TextField("要求")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        ordering = ["campaign", "kind"]
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="letter_wording_once")]


class NoticeWaiver(models.Model):
    """无须通知: the office said of an issue that it needs no 整改任务通知书, and why (W-081)."""

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="notice_waiver")
    reason = models.CharField("理由", max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["issue"]
