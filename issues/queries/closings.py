"""What was said, found and signed on the way to closing an issue: for the forms, the page and the 销号单."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from issues.models import Closure, Evidence, Issue, Plan, Report, Verification
from issues.rules.closing import EXTRA, heading
from issues.rules.history import plain
from issues.rules.records import RESULTS, ClosureState, EvidenceKind, Method, PlanState, ReturnReason
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import User

LATEST = 5


@dataclass(frozen=True, slots=True)
class Signature:
    """One hand on the 销号单: ``duty``, unit and name, the day; empty where it has not signed."""

    duty: str
    unit: str
    name: str
    on: date | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the 销号单 shows; texts masked."""

    closure: Closure
    state: str
    plan: Plan | None
    measures: list[str]
    reports: list[str]
    verifications: list[str]
    evidence: str
    answers: list[tuple[str, str]]
    signatures: list[Signature]

    @property
    def is_signed_off(self) -> bool:
        return self.closure.state == ClosureState.SIGNED_OFF


def last_closure(issue: Issue) -> Closure | None:
    """The application signed off, else the one made last."""
    made = Closure.objects.filter(issue=issue).select_related(
        "unit",
        "applied_by__unit",
        "signed_by__unit",
        "reviewed_by__unit",
        "returned_by__unit",
        "closed_by__unit",
    )
    return max(made, key=lambda one: (one.state == ClosureState.SIGNED_OFF, one.pk), default=None)


def sheet_of(issue: Issue) -> Sheet | None:
    """The 销号单 of ``issue``; None where nobody has applied. A constant number of queries."""
    closure = last_closure(issue)
    if closure is None:
        return None
    checks = list(_checks(issue))
    return Sheet(
        closure=closure,
        state=ClosureState(closure.state).label,
        plan=Plan.objects.filter(issue=issue, state=PlanState.APPROVED.value).first(),
        measures=[mask_text(text) for text in issue.actions.values_list("text", flat=True)],
        reports=report_lines(issue),
        verifications=[verification_line(issue, one) for one in checks],
        evidence=evidence_line(issue),
        answers=answers_of(issue, closure),
        signatures=_signatures(closure, checks),
    )


def answers_of(issue: Issue, closure: Closure) -> list[tuple[str, str]]:
    """Each statement of the list's checklist, and each of its own fields, with what was said to it."""
    template = issue.list.template
    named = {one["code"]: heading(one["text"]) for one in (template.checklist if template else ())}
    named |= {f"{EXTRA}{one['name']}": one["label"] for one in (template.extra_fields if template else ())}
    return [
        (named.get(code, code.removeprefix(EXTRA)), mask_text(said)) for code, said in closure.answers.items()
    ]


def application_facts(issue: Issue, closure: Closure) -> list[tuple[str, str]]:
    """What the unit says, as pairs for the forms that decide about it."""
    pairs = [
        ("申请单位", closure.unit.name if closure.unit else ""),
        ("整改完成情况", closure.statement),
        *answers_of(issue, closure),
        ("举一反三", closure.similar),
        ("长效机制", closure.mechanism),
        ("档案号", closure.archive_number),
        ("复核意见", closure.review_words),
    ]
    return [(name, said) for name, said in pairs if said]


def report_lines(issue: Issue) -> list[str]:
    """The last reports, newest first."""
    reports = Report.objects.filter(issue=issue).select_related("unit").order_by("-happened_on", "-pk")
    return [
        f"{one.happened_on.isoformat()} {one.unit.short_name}填报{plain(one.quantity)}{issue.counted_in}"
        f"{f'：{mask_text(one.narrative)}' if one.narrative else ''}"
        for one in reports[:LATEST]
    ]


def verification_lines(issue: Issue) -> list[str]:
    """All verifications, oldest first."""
    return [verification_line(issue, one) for one in _checks(issue)]


def verification_line(issue: Issue, one: Verification) -> str:
    """2018-06-05 某县住建局现场核查10户，属实8户，核减2户（数字整改）."""
    unit = issue.counted_in
    said = [
        f"{one.verified_on.isoformat()} {one.unit.name}{Method(one.method).label}{plain(one.examined)}{unit}",
        f"属实{plain(one.found_true)}{unit}",
    ]
    if one.taken_back:
        reason = ReturnReason(one.reason).label.partition("（")[0] if one.reason else ""
        said.append(f"核减{plain(one.taken_back)}{unit}（{reason}）")
    if one.added:
        said.append(f"补记{plain(one.added)}{unit}")
    if one.words:
        said.append(mask_text(one.words))
    return "，".join(said)


def evidence_line(issue: Issue) -> str:
    """成效照片2件、文件1件; empty where there is none."""
    kinds = Counter(evidence_kinds(issue))
    return "、".join(f"{kind.label}{kinds[kind]}件" for kind in EvidenceKind if kinds[kind])


def evidence_kinds(issue: Issue) -> list[EvidenceKind]:
    """The kind of each file that stands."""
    standing = Evidence.objects.filter(issue=issue, struck_at__isnull=True)
    return [EvidenceKind(kind) for kind in standing.values_list("kind", flat=True)]


def paper_hint(kinds: list[EvidenceKind]) -> str:
    """以文件代替整改 (W-083, W-084): there is evidence, and none of it shows a result."""
    if not kinds or RESULTS & set(kinds):
        return ""
    return "以文件代替整改：佐证里没有成效照片、验收单或拨付凭证，书面核查不能认定属实。"


def _checks(issue: Issue) -> list[Verification]:
    found = Verification.objects.filter(issue=issue).select_related("unit", "verified_by__unit")
    return list(found.order_by("verified_on", "pk"))


def _signatures(closure: Closure, checks: list[Verification]) -> list[Signature]:
    verifiers = [
        _signature("核查", one.verified_by, one.verified_on, Method(one.method).label) for one in checks
    ]
    return [
        _signature("经办", closure.applied_by, _day(closure.applied_at)),
        _signature("责任单位主要负责人", closure.signed_by, _day(closure.signed_at)),
        *(verifiers or [_signature("核查", None, None)]),
        _signature("主管部门复核", closure.reviewed_by, _day(closure.reviewed_at), closure.review_words),
        _signature("销号", closure.closed_by, closure.closed_on),
    ]


def _signature(duty: str, who: User | None, on: date | None, words: str = "") -> Signature:
    unit = who.unit.name if who is not None and who.unit is not None else ""
    return Signature(duty, unit, who.name if who is not None else "", on, mask_text(words))


def _day(at: datetime | None) -> date | None:
    return clock.beijing_date(at) if at else None
