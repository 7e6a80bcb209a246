"""What a project registered by hand must say: its place, one leader, one person, both deadlines in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.rules.changes import FIELD_LABELS as DECIDED_LABELS

MOST = Decimal(1_000_000_000)
FINEST = Decimal("0.000001")
_SEVERAL = re.compile(r"[、，,;；/\n]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]{2,})")

TEXTS: dict[str, tuple[str, int]] = {
    "name": ("项目名称", 300),
    "place": ("地点", 200),
    "content": ("建设内容", 20_000),
    "standard": ("建设标准", 300),
    "document": ("依据文号", 200),
    "leader": ("责任领导", 120),
    "person": ("责任人", 120),
    "problem": ("存在问题", 4000),
    "note": ("备注", 4000),
}
"""Field → its word and how long it may be."""
FIELD_LABELS = {
    **{name: label for name, (label, _) in TEXTS.items()},
    **DECIDED_LABELS,
    "programme": "专项",
    "counted_in": "计量单位",
    "department": "责任部门",
    "start_due_on": "动工期限",
    "finish_due_on": "完工期限",
    "progress": "进展",
    "extra": "其他栏目",
    "start_raw": "动工期限",
    "finish_raw": "完工期限",
    "start_confirmed": "动工期限已确认",
    "finish_confirmed": "完工期限已确认",
}
"""What may change of a project, in words."""
UNSHOWN = frozenset({"start_class", "finish_class", "extra"})
GUARDED = (
    "standard", "investment", "due", "township", "village", "place", "content", "arranged", "counted_in"
)  # fmt: skip
"""标准、资金、地点、内容: once the project is issued they change by a decision alone (W-015)."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The words, numbers and days of a project; quantities in ``counted_in``, money in 万元."""

    texts: Mapping[str, str]
    counted_in: str
    arranged: Decimal
    investment: Decimal | None = None
    due: Decimal = Decimal(0)
    start_due_on: date | None = None
    finish_due_on: date | None = None


def refusal(typed: Typed, *, has_township: bool, has_village: bool) -> str:
    """Why it cannot stand so, one sentence; "" where it can."""
    texts = {name: typed.texts.get(name, "").strip() for name in TEXTS}
    for name, (label, most) in TEXTS.items():
        if len(texts[name]) > most:
            return f"{label}最长{most}个字。"
    if not texts["name"]:
        return "请写明项目名称。"
    if not has_township or not (has_village or texts["place"]):
        return "请写明项目所在的乡镇和村（社区）；不在哪个村的，写明具体地点。"
    for name in ("leader", "person"):
        label = TEXTS[name][0]
        if not texts[name]:
            return f"请写明{label}：一个项目、一名领导、一名责任人。"
        if _SEVERAL.search(texts[name]):
            return f"{label}只能写一人；换人的，改成新的一人，原来的留在记录里。"
    return _numbers_problem(typed) or _days_problem(typed)


def _numbers_problem(typed: Typed) -> str:
    if not 0 < typed.arranged <= MOST:
        return "数量应大于零，不超过十亿。"
    if not typed.counted_in.strip() or len(typed.counted_in.strip()) > 12:
        return "请写明计量单位，最长12个字。"
    for label, amount in (("投资", typed.investment), ("应下达资金", typed.due)):
        if amount is not None and not 0 <= amount <= MOST:
            return f"{label}不能小于零，不超过十亿万元。"
    if any(one is not None and one % FINEST for one in (typed.arranged, typed.investment, typed.due)):
        return "数量和金额最多六位小数。"
    return ""


def _days_problem(typed: Typed) -> str:
    start, finish = typed.start_due_on, typed.finish_due_on
    if start and finish and finish < start:
        return f"完工期限{finish.isoformat()}早于动工期限{start.isoformat()}。"
    return ""


def guarded(
    *, is_issued: bool, decided: Collection[str], is_pending: bool, filled: Collection[str]
) -> dict[str, str]:
    """Field → why it moves by a decision of the 领导小组 alone.

    ``is_issued``: something is allotted or funded; ``decided``: what a decision has moved; ``is_pending``: a
    request waits; ``filled``: fields that say something: what was never said may still be filled in."""
    reasons = {}
    for name in GUARDED:
        if name in decided:
            reasons[name] = "领导小组已作过决定，须经变更申请改动"
        elif is_pending:
            reasons[name] = "有变更申请在等决定，决定以后才能改动"
        elif is_issued and name in filled:
            reasons[name] = "项目已下达，须经变更申请改动"
    return reasons
