"""The page of verifying one issue."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Issue
from issues.queries.closings import (
    evidence_kinds,
    evidence_line,
    paper_hint,
    report_lines,
    verification_lines,
)
from issues.queries.hints import hints_of
from issues.rules.history import plain
from issues.rules.records import Method, ReturnReason, choices
from issues.rules.verifying import Finding
from issues.rules.workflow import Verb
from issues.services.life.verifying import Check, standing_of, verify
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import day_field
from issues.web.acts.signing import WITH_FACTS
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import User

QUANTITY = {"max_digits": 18, "decimal_places": 6}


def quantity_field(label: str, **more: Any) -> forms.DecimalField:
    """A quantity as it is typed: up to six decimals."""
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, widget=widget, **{**QUANTITY, **more})


def money_line(issue: Issue) -> list[tuple[str, str]]:
    """How the money of the issue stands, where it has any."""
    if not issue.amount_found:
        return []
    left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    return [
        (
            "金额",
            f"列入{plain(issue.amount_found)}万元，调出{plain(issue.amount_removed)}，"
            f"自报完成{plain(issue.amount_claimed)}，已核实{plain(issue.amount_confirmed)}；"
            f"未整改{plain(left)}万元",
        )
    ]


def return_reasons(issue: Issue) -> list[tuple[str, str]]:
    """The kinds of return, each with what the list's template says of it."""
    template = issue.list.template
    own = {one["code"]: one["text"] for one in (template.return_reasons if template else ())}
    return [(value, _worded(label, own.get(value, ""))) for value, label in choices(ReturnReason)]


def _worded(label: str, text: str) -> str:
    """The kind, and what is said of it, once."""
    name = label.partition("（")[0]
    return label if not text else text if text.startswith(name) else f"{name}：{text}"


class VerifyForm(ActForm):
    method = forms.ChoiceField(
        label="方式", choices=choices(Method), widget=forms.RadioSelect, initial="site"
    )
    examined = quantity_field("核查数量")
    found_true = quantity_field("属实数量")
    adds = forms.BooleanField(
        label="属实的多于自报，多出的由我补记",
        required=False,
        help_text="单位没有自报、核查发现已经整改的，勾选后以您的名义记入自报完成。",
    )
    verified_on = day_field("核查日期")
    reason = forms.ChoiceField(
        label="退回理由", required=False, help_text="属实少于核查的，少的部分核减，须选一项理由。"
    )
    words = WordsField(
        label="核查意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    amount = quantity_field("认定金额（万元）", required=False, min_value=0)
    amount_back = quantity_field("核减金额（万元）", required=False, min_value=0)

    def prepare(self) -> None:
        standing = standing_of(self.issue)
        unit = self.issue.counted_in
        for name in ("examined", "found_true"):
            self.fields[name].label += f"（{unit}）"
        self.fields["examined"].initial = (
            plain(standing.unverified).replace(",", "") if standing.unverified else None
        )
        self.fields["reason"].choices = [("", "没有核减"), *return_reasons(self.issue)]
        self.fields["verified_on"].initial = clock.today()
        self.fields["amount"].help_text = "不填的，自报的全部属实时，自报的金额一并认定。"
        if not self.issue.amount_found:
            del self.fields["amount"], self.fields["amount_back"]

    @property
    def facts(self) -> list[tuple[str, str]]:
        issue, standing = self.issue, standing_of(self.issue)
        kinds = evidence_kinds(issue)
        hints = [paper_hint(kinds), *hints_of([issue.pk], self.user).get(issue.pk, [])]
        figures = (
            f"列入{plain(issue.found)}{issue.counted_in}，调出{plain(issue.removed)}，自报完成{plain(issue.claimed)}，"
            f"已核实{plain(issue.confirmed)}；自报未核实{plain(standing.unverified)}{issue.counted_in}"
        )
        return [
            ("数量", figures),
            *money_line(issue),
            ("进展", "\n".join(report_lines(issue)) or issue.progress or "没有填报记录"),
            ("佐证", evidence_line(issue) or "没有上传佐证"),
            *([("核查提示", "\n".join(said))] if (said := [hint for hint in hints if hint]) else []),
            *([("以前的核查", "\n".join(lines))] if (lines := verification_lines(issue)) else []),
        ]

    @property
    def current(self) -> list[tuple[str, str]]:
        return self.facts[:1]


def check_of(given: dict[str, Any]) -> Check:
    """What the form says, as the service takes it."""
    return Check(
        method=Method(given["method"]),
        finding=Finding(given["examined"], given["found_true"], given["adds"]),
        verified_on=given["verified_on"],
        reason=ReturnReason(given["reason"]) if given["reason"] else None,
        words=given["words"],
        amount=given.get("amount"),
        amount_back=given.get("amount_back"),
    )


def _verify(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    verify(issue.pk, by, check_of(given), version=version)


ACTS = {Verb.VERIFY: Act(_verify, "核查已登记。", VerifyForm, WITH_FACTS)}
