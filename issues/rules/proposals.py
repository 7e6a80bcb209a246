"""What two people do: what is proposed, as plain values and as JSON, and what it will do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issues.rules.history import cn_day, plain
from issues.rules.records import ProposalKind
from issues.rules.stages import Stage


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an act of two people needs besides reason and document: ``quantity`` in what the issue is counted
    in and ``amount`` in 万元 (signed for a correction; None: not typed, so that it follows the quantity, see
    ``money_of``), the day, ``stage`` of a correction, ``to`` whom it goes (移交), ``into`` the number of the
    issue merged into."""

    quantity: Decimal = Decimal(0)
    amount: Decimal | None = None
    on: date | None = None
    stage: str = ""
    to: str = ""
    into: str = ""

    def as_json(self) -> dict[str, str]:
        """Only what is said, as text."""
        said = {
            "quantity": str(self.quantity) if self.quantity else "",
            "amount": "" if self.amount is None else str(self.amount),
            "on": self.on.isoformat() if self.on else "",
            "stage": self.stage,
            "to": self.to,
            "into": self.into,
        }
        return {name: text for name, text in said.items() if text}


def from_json(payload: Mapping[str, str]) -> Proposed:
    """Back from ``as_json``."""
    on = payload.get("on", "")
    return Proposed(
        quantity=Decimal(payload.get("quantity", "0")),
        amount=Decimal(payload["amount"]) if "amount" in payload else None,
        on=date.fromisoformat(on) if on else None,
        stage=payload.get("stage", ""),
        to=payload.get("to", ""),
        into=payload.get("into", ""),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """Where the issue stands: quantities in ``counted_in``, the money that is left in 万元."""

    found: Decimal
    removed: Decimal
    claimed: Decimal
    counted_in: str
    amount_left: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        return self.found - self.removed - self.claimed

    @property
    def rest(self) -> str:
        """Everything left, in words, with its money."""
        money = f"（连同金额{plain(self.amount_left)}万元）" if self.amount_left else ""
        return f"{self.words(self.left)}{money}"

    def words(self, quantity: Decimal) -> str:
        return f"{plain(quantity)}{self.counted_in}"


def money_of(kind: ProposalKind, proposed: Proposed, now: Counted) -> Decimal | None:
    """What moves in 万元: what was typed; else all the money that is left where the last quantity left is
    removed, or where a correction leaves nothing to be put right."""
    if proposed.amount is not None or not now.amount_left:
        return proposed.amount or None
    if kind is ProposalKind.REMOVAL:
        return now.amount_left if proposed.quantity == now.left else None
    if not ends(proposed, now):
        return None
    return now.amount_left if proposed.stage == Stage.REMOVED else -now.amount_left


def ends(proposed: Proposed, now: Counted) -> bool:
    """Whether the correction leaves nothing to be put right: found = removed, nothing claimed."""
    found, removed = now.found, now.removed
    if proposed.stage == Stage.FOUND:
        found += proposed.quantity
    if proposed.stage == Stage.REMOVED:
        removed += proposed.quantity
    return found == removed and not now.claimed


def consequences(kind: ProposalKind, proposed: Proposed, now: Counted) -> list[str]:
    """What confirming will do, sentence by sentence."""
    match kind:
        case ProposalKind.REMOVAL:
            return _removal(proposed, now)
        case ProposalKind.CORRECTION:
            return _correction(proposed, now)
        case ProposalKind.MERGER:
            return [
                f"未整改的{now.rest}从本问题调出，事由为合并。",
                f"本问题转入“合并”，以后看{proposed.into}；来源、清单和台账序号保留在{proposed.into}的页面上。",
            ]
        case ProposalKind.TRANSFER:
            return [f"未整改的{now.rest}调出，本问题移交{proposed.to}，转入“已移交”。"]
        case ProposalKind.REJECTION:
            return [f"列入的{now.rest}全部调出，本问题转入“不予受理”。"]
        case _:
            return []


def _removal(proposed: Proposed, now: Counted) -> list[str]:
    out = money_of(ProposalKind.REMOVAL, proposed, now) or Decimal(0)
    follows = proposed.amount is None and out
    money = f"（没有写金额，剩下的{plain(out)}万元随同调出）" if follows else ""
    if proposed.amount:
        money = f"（金额{plain(out)}万元）"
    day = f"{cn_day(proposed.on)}起，" if proposed.on else ""
    said = [f"{day}调出{now.words(proposed.quantity)}{money}；应整改仍记{now.words(now.found)}，调出另列。"]
    if proposed.quantity == now.left and now.amount_left > out:
        said.append(f"未整改的金额还有{plain(now.amount_left - out)}万元，没有随同调出。")
    if proposed.quantity == now.found - now.removed:
        return [*said, "本问题全部调出，转入“调出”。"]
    rest = now.left - proposed.quantity
    if rest > 0:
        return [*said, f"还有{now.words(rest)}未整改，状态不变。"]
    return [*said, "没有未整改的数量了，状态不变；已整改的照常核查、销号。"]


def _correction(proposed: Proposed, now: Counted) -> list[str]:
    moved = []
    if proposed.quantity:
        way = "增加" if proposed.quantity > 0 else "减少"
        moved.append(f"{way}{now.words(abs(proposed.quantity))}")
    if money := money_of(ProposalKind.CORRECTION, proposed, now):
        way = ("" if proposed.amount else "随同") + ("增加" if money > 0 else "减少")
        moved.append(f"金额{way}{plain(abs(money))}万元")
    day = f"，记在{cn_day(proposed.on)}" if proposed.on else ""
    over = ["更正后没有应整改的数量了，本问题转入“调出”。"] if ends(proposed, now) else []
    return [
        f"{Stage(proposed.stage).label}{'，'.join(moved)}{day}。",
        "原来的流水不改，另记一笔更正；这一天以后的统计随之变动。",
        *over,
    ]
