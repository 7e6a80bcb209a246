"""What a 更正 says first: which bulletin it puts right, why, and every figure that is another now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.rules.snapshots import Block, Snapshot
from dashboards.rules.tallies import ISSUES, PROJECTS

FIGURES = {
    ISSUES: {
        "total": "应整改",
        "removed": "调出",
        "claimed": "上报整改",
        "confirmed": "核实整改",
        "left": "未整改",
        "overdue": "逾期",
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


def correction_of(title: str, number: str, reason: str, old: Snapshot, new: Snapshot) -> str:
    """Its paragraphs, a line each."""
    start = f"《{title}》（{number}）有关内容更正如下，以本通报为准。更正原因：{reason}。"
    found = list(differences(old, new))
    told = f"更正的数字：{'；'.join(found)}。" if found else "统计数字没有变动，更正的是文字。"
    return f"{start}\n{told}"


def differences(old: Snapshot, new: Snapshot) -> Iterator[str]:
    """按户统计，马岭镇未整改由154更正为153: of the totals and of every township."""
    for of, figures in FIGURES.items():
        before, now = old.blocks(of, "township"), new.blocks(of, "township")
        for name in dict.fromkeys((*before, *now)):
            yield from _block(name, before.get(name), now.get(name), figures)


def _block(name: str, before: Block | None, now: Block | None, figures: Mapping[str, str]) -> Iterator[str]:
    then, rows = _rows(before), _rows(now)
    for key in dict.fromkeys((*rows, *then)):
        old, new = then.get(key, {}), rows.get(key, {})
        changed = [
            f"{label}由{old.get(code, '0')}更正为{new.get(code, '0')}"
            for code, label in figures.items()
            if old.get(code, "0") != new.get(code, "0")
        ]
        if changed:
            yield f"按{name}统计，{(new or old)['shown']}{'，'.join(changed)}"


def _rows(block: Block | None) -> dict[str, dict[str, Any]]:
    """Code → row, the total first."""
    if block is None:
        return {}
    found = {"": {**block["total"], "shown": WHOLE}}
    for row in block["rows"]:
        found[row["township_code"] or "-"] = {**row, "shown": row["township"] or "未写明乡镇"}
    return found
