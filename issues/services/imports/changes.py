"""What a re-imported row would change on a stored item, in words for the page that asks for confirmation."""

from __future__ import annotations

from typing import Any

from issues.rules.drafts import DeadlineFacts
from issues.rules.field_labels import UNSHOWN, label_of
from issues.rules.report import Kind, decimal_text
from issues.rules.stages import Stage
from issues.services.imports.context import Changes
from projects.rules.stages import Stage as WorkStage
from rectify.lib.masking import mask_name, mask_text
from townships.models import Unit

_CLIPPED = 40


def change_lines(kind: Kind, item: Any, changes: Changes) -> list[str]:
    """One line a field (责任人：张三 → 李四) and one a movement (自报完成 +3户), personal values masked."""
    lines = [
        f"{label_of(kind, name)}：{_before(name, item) or '（空）'} → {_shown(name, value) or '（空）'}"
        for name, value in changes.fields.items()
        if name not in UNSHOWN and name != "extra"
    ]
    if "extra" in changes.fields:
        changed = [path for path, text in changes.fields["extra"].items() if item.extra.get(path) != text]
        lines.append(f"其他栏目：{'、'.join(changed[:5])}")
    stages = Stage if kind is Kind.ISSUES else WorkStage
    for move in changes.moves:
        word = stages(move.stage).label
        if move.quantity:
            lines.append(f"{word} {_signed(move.quantity)}{item.counted_in}")
        if move.amount:
            lines.append(f"{word} {_signed(move.amount)}万元")
    return lines


def _signed(amount: Any) -> str:
    return f"{'+' if amount > 0 else '−'}{decimal_text(abs(amount))}"


def _before(name: str, item: Any) -> str:
    if name == "ahead":
        return ""
    if name == "units":
        return "、".join(part.name for part in item.units.all())
    if name == "actions":
        return f"{len(item.actions.all())}条"
    return _shown(name, item.deadline_raw if name == "deadline" else getattr(item, name))


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, DeadlineFacts):
        return mask_text(value.raw)
    if name == "units":
        return "、".join(unit for _, unit in value)
    if name == "actions":
        return f"{len(value)}条"
    if isinstance(value, Unit):
        return value.name
    text = mask_name(str(value)) if name == "household" else mask_text(str(value))
    return text if len(text) <= _CLIPPED else f"{text[:_CLIPPED]}…"
