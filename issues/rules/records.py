"""The kinds and states of what an issue gathers during its life: parts, shares, plans, closures and so on."""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """A ``StrEnum`` whose members carry their Chinese word: ``DRAFT = "draft", "草稿"``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class PartState(Labelled):
    """分工, a list × a unit. A draft is 未报, which is not 零问题 (W-002)."""

    DRAFT = "draft", "未报"
    REPORTED = "reported", "已报"
    ZERO = "zero", "零问题"


class ShareState(Labelled):
    """分办, an issue × a unit that answers for it."""

    AWAITING = "awaiting", "待签收"
    REFUSED = "refused", "已退回待答复"
    ACCEPTED = "accepted", "已签收"
    DONE = "done", "本单位已完成"


class RefusalKind(Labelled):
    """Why a unit does not sign for an issue."""

    NOT_OURS = "not_ours", "非我单位职责"
    NO_ISSUE = "no_issue", "非问题"
    INEXACT = "inexact", "表述不准"
    NEEDS_COUNTY = "needs_county", "需县级统筹"


class RefusalAnswer(Labelled):
    """What the office decided about a refusal."""

    UPHELD = "upheld", "维持分办，请签收"
    REASSIGNED = "reassigned", "改由其他单位办理"
    REWORDED = "reworded", "已修改表述，请签收"
    COORDINATED = "coordinated", "由县级统筹，明确牵头单位"
    REJECTED = "rejected", "不作为问题，转不予受理"


class PlanState(Labelled):
    """整改计划. One approved plan an issue at most; a revision is a new version (W-078)."""

    DRAFT = "draft", "草稿"
    AWAITING_HEAD = "awaiting_head", "待主要负责人签字"
    SUBMITTED = "submitted", "待审"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"
    SUPERSEDED = "superseded", "已被新版代替"


class EvidenceKind(Labelled):
    """佐证 by weight: a document alone never closes (W-084)."""

    BEFORE = "before", "整改前照片"
    AFTER = "after", "成效照片"
    ACCEPTANCE = "acceptance", "验收单"
    PAYMENT = "payment", "拨付凭证"
    DOCUMENT = "document", "文件"
    OTHER = "other", "其他"


RESULTS = frozenset({EvidenceKind.AFTER, EvidenceKind.ACCEPTANCE, EvidenceKind.PAYMENT})
"""Kinds that show a result; anything else is paper or the state before."""


class Method(Labelled):
    """How it was verified."""

    PAPER = "paper", "书面核查"
    SITE = "site", "现场核查"


class ReturnReason(Labelled):
    """The five kinds of false rectification (W-083), or words."""

    FALSE = "false", "虚假整改"
    FIGURES = "figures", "数字整改"
    PAPER = "paper", "纸上整改"
    SURFACE = "surface", "表面整改"
    PERFUNCTORY = "perfunctory", "敷衍整改"
    OTHER = "other", "其他（写明）"


class ClosureState(Labelled):
    """销号 from application to signature."""

    AWAITING_HEAD = "awaiting_head", "待主要负责人签字"
    APPLIED = "applied", "待牵头单位复核"
    REVIEWED = "reviewed", "待销号"
    RETURNED = "returned", "已退回"
    SIGNED_OFF = "signed_off", "已销号"


OPEN_CLOSURES = (ClosureState.AWAITING_HEAD, ClosureState.APPLIED, ClosureState.REVIEWED)


class ProposalKind(Labelled):
    """Acts that need a second person: one proposes with reason and document, another confirms."""

    REMOVAL = "removal", "调出"
    REJECTION = "rejection", "不予受理"
    TRANSFER = "transfer", "移交"
    MERGER = "merger", "合并"
    CORRECTION = "correction", "更正"
    LONG_TERM = "long_term", "转长期坚持"
    TAKEOVER = "takeover", "接收历史台账"


class RequestState(Labelled):
    """Of a proposal or a request for an extension."""

    PENDING = "pending", "待定"
    GRANTED = "granted", "已同意"
    DECLINED = "declined", "未同意"
    RECALLED = "recalled", "已撤回"


def choices(enum: type[Labelled]) -> list[tuple[str, str]]:
    """``choices`` of a model field, as plain strings: migrations never import our code."""
    return [(member.value, member.label) for member in enum]
