"""What a row says anew of a stored issue: against what files said before, beside what people decided."""

from __future__ import annotations

from decimal import Decimal

from issues.models import Issue
from issues.rules.drafts import DeadlineFacts, Draft, Move
from issues.rules.field_labels import UNSHOWN, label_of
from issues.rules.ledger import broken
from issues.rules.report import Kind, decimal_text
from issues.rules.stages import OPEN_STATES, Cause, Stage, State, UnitRole
from issues.services.imports.context import Changes, SheetContext, names_project
from issues.services.imports.recalling import Figures, Recalled, deadline_key, units_told
from rectify.lib.masking import is_mask_of, mask_text

NOTHING = Decimal(0)
FOR_THE_OFFICE = ("description",)
"""Texts that the office decides: another one than its own is shown, not written."""

Parts = list[tuple[UnitRole, str]]


def parts_of(draft: Draft) -> Parts:
    """The units a row names, in its order, each with its role; one lead at most."""
    fields = draft.fields
    parts: Parts = [(UnitRole.LEAD, fields["lead_unit"])] if fields.get("lead_unit") else []
    parts += [(UnitRole.RESPONSIBLE, name) for name in fields.get("responsible_units") or []]
    parts += [(UnitRole.SUPPORT, name) for name in fields.get("support_units") or []]
    return parts


def compare_issue(draft: Draft, item: Issue, context: SheetContext) -> Changes:
    """See ``KindImporter.compare``. A finished issue changes no more: what differs is shown."""
    changes = Changes()
    past = context.past
    _compare_texts(draft, item, past, changes)
    _compare_places(draft, item, context, changes)
    _compare_units(draft, item, past, changes)
    _compare_actions(draft, item, changes)
    _compare_deadline(draft, item, past, changes)
    _compare_quantities(draft, item, past.figures(item.pk), changes)
    if draft.values["recognised_amount"] not in (None, item.recognised_amount):
        changes.fields["recognised_amount"] = draft.values["recognised_amount"]
    _compare_rest(draft, item, context, changes)
    return changes if State(item.state) in OPEN_STATES else _shown_only(item, changes)


def _shown_only(item: Issue, changes: Changes) -> Changes:
    """The same as one contradiction of its row."""
    said = [label_of(Kind.ISSUES, name) for name in changes.fields if name not in (*UNSHOWN, "stated_on")]
    said += [Stage(move.stage).label for move in changes.moves]
    said += changes.conflicts
    if not said:
        return Changes()
    what = "、".join(dict.fromkeys(said))
    return Changes(conflicts=[f"这个问题已办结（{State(item.state).label}），表中的更改没有写入：{what}"])


# --- words --------------------------------------------------------------------------------------------------


def _compare_texts(draft: Draft, item: Issue, past: Recalled, changes: Changes) -> None:
    for name, text in draft.texts.items():
        stored = getattr(item, name)
        if text == stored or is_mask_of(text, stored):
            continue
        decision = past.decision(item.pk, name)
        if decision is not None:
            if any(text == before or is_mask_of(text, before) for before in decision.before):
                continue
            if name in FOR_THE_OFFICE:
                label = label_of(Kind.ISSUES, name)
                changes.conflicts.append(f"{label}已由整改办修改，与表中的不同，没有写入")
                continue
        changes.fields[name] = text


def _compare_places(draft: Draft, item: Issue, context: SheetContext, changes: Changes) -> None:
    category = draft.fields.get("category")
    if category and (item.category is None or category != item.category.full_name):
        changes.fields["category"] = category
    township = context.units.unit(draft.fields.get("township"))
    if township is not None and township.pk != item.township_id:
        changes.fields["township"] = township
    village = context.units.village(township or item.township, draft.fields.get("village"))
    if village is not None and village.pk != item.village_id:
        changes.fields["village"] = village


def _compare_units(draft: Draft, item: Issue, past: Recalled, changes: Changes) -> None:
    parts = parts_of(draft)
    stored = [(UnitRole(part.role), part.name) for part in item.units.all()]
    if not parts or sorted(parts) == sorted(stored):
        return
    decision = past.decision(item.pk, "units")
    if decision is None:
        changes.fields["units"] = parts
    elif _parted(units_told(parts)) not in [_parted(before) for before in decision.before]:
        said, now = ("、".join(name for _, name in units) for units in (parts, stored))
        changes.conflicts.append(
            f"责任单位变为{said}，而已{Cause(decision.cause).label}给{now or '（空）'}，没有写入"
        )


def _parted(told: str) -> list[str]:
    return sorted(told.split("、"))


def _compare_actions(draft: Draft, item: Issue, changes: Changes) -> None:
    actions = list(draft.fields.get("actions") or [])
    is_planned = bool(getattr(item, "plans_in_force", ()))  # then the approved plan says what is done
    if actions and not is_planned and actions != [action.text for action in item.actions.all()]:
        changes.fields["actions"] = actions


def _compare_deadline(draft: Draft, item: Issue, past: Recalled, changes: Changes) -> None:
    raw = draft.values["deadline_raw"]
    if not raw or raw == item.deadline_raw:
        return
    said = DeadlineFacts(
        raw,
        draft.values["deadline_class"],
        draft.values["due_on"],
        draft.values["is_long"],
        draft.values["deadline_confirmed"],
    )
    superseded = past.superseded(item)
    if superseded is not None:
        key = deadline_key(said.deadline_class, said.due_on)
        if key in superseded.keys or key == deadline_key(item.deadline_class, item.due_on):
            return
        if superseded.cause:
            now = f"定为{item.due_on}" if item.due_on else "改为没有到期日"
            changes.conflicts.append(
                f"整改时限变为“{mask_text(raw)}”，而期限已因{Cause(superseded.cause).label}{now}，没有写入"
            )
            return
    changes.fields["deadline"] = said


def _compare_rest(draft: Draft, item: Issue, context: SheetContext, changes: Changes) -> None:
    """The project that solves it, and what no field takes."""
    project = context.project(draft.extra)
    if project is not None and project.pk != item.project_id:
        decision = context.past.decision(item.pk, "project")
        if decision is None or project.number not in "".join(decision.before):
            changes.fields["project"] = project
    extra = {
        path: text
        for path, text in draft.extra.items()
        if item.extra.get(path) != text and not (project is not None and names_project(path))
    }
    if extra:
        changes.fields["extra"] = {**item.extra, **extra}


# --- quantities ---------------------------------------------------------------------------------------------


def _compare_quantities(draft: Draft, item: Issue, figures: Figures, changes: Changes) -> None:
    moves = {move.stage: move for move in draft.moves}
    if draft.values["counted_in"] != item.counted_in:
        changes.conflicts.append(f"计量单位由“{item.counted_in}”变为“{draft.values['counted_in']}”")
        return
    grown = _compare_found(draft, moves[Stage.FOUND], item, figures, changes)
    claimed = moves.get(Stage.CLAIMED)
    _compare_claim(draft, item, claimed, figures, item.found + grown - item.removed, changes)
    claims = any(move.stage == Stage.CLAIMED for move in changes.moves)
    if claims and (wrong := figures.refused(changes.moves, broken)):
        changes.conflicts.append(f"表中的完成情况与已办理的不符：{wrong}")


def _compare_found(draft: Draft, found: Move, item: Issue, figures: Figures, changes: Changes) -> Decimal:
    """What the row adds to what files said was found before; how much that is."""
    quantity = _added(found.quantity, figures.quantities[Stage.FOUND], item.found)
    amount = None
    if found.amount is not None:
        amount = _added(found.amount, figures.amounts[Stage.FOUND], item.amount_found)
    if not quantity and not amount:
        return NOTHING
    conflict = _shrunk(found, item, quantity, amount)
    if not conflict and draft.hidden and figures.is_acted_on:
        conflict = _unclear(found, item, figures, quantity)
    if conflict:
        changes.conflicts.append(conflict)
        return NOTHING
    changes.moves.append(Move(Stage.FOUND, quantity, item.found_on, amount))
    return quantity


def _unclear(found: Move, item: Issue, figures: Figures, quantity: Decimal) -> str:
    """An export says what stood that day, and its reader may have counted from that or from the ledger."""
    word, unit = ("数量", item.counted_in) if quantity else ("金额", "万元")
    said = found.quantity if quantity else found.amount or NOTHING
    stored = item.found if quantity else item.amount_found
    brought = (figures.quantities if quantity else figures.amounts)[Stage.FOUND]
    if brought == stored:
        return ""
    now, new, before = (f"{decimal_text(value)}{unit}" for value in (stored, said, brought))
    return f"{word}由{now}变为{new}，而导入时为{before}，后来经办理改动；请用“更正”办理"


def _added(said: Decimal, brought: Decimal, stored: Decimal) -> Decimal:
    """What a figure adds to what files brought; nothing where it is what they said or what stands."""
    if said in (brought, stored):
        return NOTHING
    return said - (brought or stored)  # nothing brought: entered by a person, and given out to be filled in


def _shrunk(found: Move, item: Issue, quantity: Decimal, amount: Decimal | None) -> str:
    """Why another quantity or amount of what was found contradicts the issue; "" where it does not."""
    taken, taken_amount = item.removed + item.claimed, item.amount_removed + item.amount_claimed
    if item.list.locked_at is not None:
        return f"清单已锁定，数量由{item.found}变为{found.quantity}"
    if item.found + quantity < taken:
        return f"数量由{item.found}变为{item.found + quantity}，少于已上报完成和调出的{taken}"
    if amount is not None and item.amount_found + amount < taken_amount:
        total = item.amount_found + amount
        return f"金额由{item.amount_found}变为{total}万元，少于已上报完成和调出的{taken_amount}"
    return ""


def _compare_claim(
    draft: Draft, item: Issue, claimed: Move | None, figures: Figures, limit: Decimal, changes: Changes
) -> None:
    """What the row claims beyond what files claimed before and what stands, up to ``limit``."""
    said, brought = claimed.quantity if claimed else NOTHING, figures.quantities[Stage.CLAIMED]
    stated = draft.fields.get("done") is not None or draft.fields.get("done_quantity") is not None
    if said < item.claimed:
        if stated:
            changes.conflicts.append(f"已上报完成{item.claimed}，表中只有{said}")
        return
    moved = draft.values["done_on"]
    if said == item.claimed:
        if claimed and moved and item.done_on and moved != item.done_on:
            changes.conflicts.append(f"完成时间由{item.done_on}变为{moved}")
        elif stated and item.stated_on is None:
            changes.fields["stated_on"] = draft.values["stated_on"]
        return
    if claimed is not None and said != brought:
        _claim(draft, item, claimed, figures, limit, changes)


def _claim(
    draft: Draft, item: Issue, claimed: Move, figures: Figures, limit: Decimal, changes: Changes
) -> None:
    """More than stands, and not what files said before: what is beyond both is claimed."""
    said, brought = claimed.quantity, figures.quantities[Stage.CLAIMED]
    added = said - max(brought, item.claimed)
    if said < brought or (draft.hidden and brought > item.claimed):
        changes.conflicts.append(
            f"表中完成{decimal_text(said)}，而导入时为{decimal_text(brought)}，"
            f"后来核减、更正为{decimal_text(item.claimed)}"
        )
    elif item.claimed + added > limit:
        changes.conflicts.append(f"表中完成{decimal_text(said)}，超过列入减调出的{decimal_text(limit)}")
    elif claimed.happened_on < item.found_on:
        changes.conflicts.append(f"完成时间{claimed.happened_on}早于发现时间{item.found_on}")
    else:
        amount = None
        if claimed.amount is not None:
            known = max(figures.amounts[Stage.CLAIMED], item.amount_claimed)
            amount = max(claimed.amount - known, NOTHING) or None
        changes.moves.append(Move(Stage.CLAIMED, added, claimed.happened_on, amount))
