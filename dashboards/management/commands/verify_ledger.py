"""`verify_ledger`: prove every total and roll-up from the entries; exit 1 when one does not follow."""

from __future__ import annotations

from typing import Any

from dashboards.services.verification import verify
from rectify.lib.command import FOUND_WRONG, JsonCommand


class Command(JsonCommand):
    help = "验证流水：合计、先后次序、汇总表是否都能由流水逐条算出"

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"ok", "checked", "differences"}."""
        proof = verify()
        return proof, 0 if proof["ok"] else FOUND_WRONG

    def render(self, payload: Any) -> str:
        if payload["ok"]:
            return f"共核对{payload['checked']}行，合计、次序和汇总都与流水一致。"
        count = len(payload["differences"]) + payload.get("more", 0)
        lines = [f"共核对{payload['checked']}行，发现{count}处不一致："]
        lines += [_line(difference) for difference in payload["differences"]]
        return "\n".join(lines)


KINDS = {
    "total": "合计与流水不符",
    "order": "环节先后不成立",
    "recorded": "发生日期晚于登记日期",
    "begins": "最早流水与列入日期不符",
    "withdrawn": "撤回后流水未抵消",
    "entry": "流水日期被改动",
    "balance": "汇总余额不符",
    "day": "按日汇总不符",
    "month": "按月汇总不符",
}


def _line(difference: dict[str, Any]) -> str:
    where = difference.get("item") or " · ".join(str(part or "—") for part in difference["key"].values())
    what = difference.get("stage") or difference.get("measure") or ""
    day = f" {difference['day']}" if "day" in difference else ""
    said = f"应为{difference['expected']}，实为{difference['found']}"
    return f"{KINDS[difference['kind']]}：{where} {what}{day} {said}"
