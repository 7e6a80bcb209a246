"""What a 更正 says first: which bulletin it puts right, why, and every figure that is another now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.rules.snapshots import Block, Snapshot
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, PROJECTS

FIGURES = {
    ISSUES: {
        "total": "应整改",
        "removed": "调出",
        "claimed": "上报整改",
        "confirmed": "核实整改",
        "left": "未整改",
        "unstated": "未报情况",
        "overdue": "逾期",
        "undetermined": "时限未定",
        "unconfirmed": "时限待确认",
    },
    PROJECTS: {
        "arranged": "安排",
        "allotted": "下达",
        "started": "开工",
        "not_started": "未动工",
        "completed": "完工",
        "funded": "资金下达",
        "paid": "资金拨付",
        "over": "超额下达",
    },
}
WHOLE = "合计"
PRINTED = {ISSUES: ("township", "department", "category"), PROJECTS: ("township", "programme")}
"""By what a bulletin's tables print the figures of each: whatever is printed is told where it changed."""


def correction_of(title: str, number: str, reason: str, old: Snapshot, new: Snapshot) -> str:
    """Its paragraphs, a line each."""
    start = f"《{title}》（{number}）有关内容更正如下，以本通报为准。更正原因：{reason}。"
    found = list(differences(old, new))
    told = f"更正的数字：{'；'.join(found)}。" if found else "统计数字没有变动，更正的是文字。"
    return f"{start}\n{told}"


def differences(old: Snapshot, new: Snapshot) -> Iterator[str]:
    """按户统计，马岭镇未整改由154更正为153: of the totals and of every unit and kind that is printed."""
    for of, figures in FIGURES.items():
        for by in PRINTED[of]:
            before, now = old.blocks(of, by), new.blocks(of, by)
            for name in dict.fromkeys((*before, *now)):
                yield from _block(name, before.get(name), now.get(name), figures, by)


def _block(
    name: str, before: Block | None, now: Block | None, figures: Mapping[str, str], by: str
) -> Iterator[str]:
    then, rows = _rows(before, by), _rows(now, by)
    for key in dict.fromkeys((*rows, *then)):
        old, new = then.get(key, {}), rows.get(key, {})
        changed = [
            f"{label}由{old.get(code, '0')}更正为{new.get(code, '0')}"
            for code, label in figures.items()
            if old.get(code, "0") != new.get(code, "0")
        ]
        if changed:
            yield f"按{name}统计，{(new or old)['shown']}{'，'.join(changed)}"


def _rows(block: Block | None, by: str) -> dict[str, dict[str, Any]]:
    """Code → row, by its last name as it is printed; the total, the same by whatever it is divided, stands
    before the townships alone."""
    if block is None:
        return {}
    found = {"": {**block["total"], "shown": WHOLE}} if by == "township" else {}
    for row in block["rows"]:
        shown = (row[by] or f"未写明{DIMENSION_LABELS[by]}").rpartition(" / ")[2]
        found[row[f"{by}_code"] or "-"] = {**row, "shown": shown}
    return found
