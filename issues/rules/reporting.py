"""What a report must be before it meets the ledger, what tells two apart, what a receipt looks like."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from issues.rules.history import cn_day, plain

WORDS_LENGTH: Final = 2_000
RECEIPT_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O: a receipt is read out over the telephone."""
RECEIPT_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit says: ``quantity`` in what the issue is counted in, signed in a correction (of the report
    ``corrects``), ``amount`` in 万元 or none, ``files`` the hashes of what was sent with it."""

    number: str
    quantity: Decimal
    happened_on: date
    narrative: str = ""
    amount: Decimal | None = None
    corrects: int | None = None
    files: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether it moves anything; a word alone does not."""
        return bool(self.quantity or self.amount)

    @property
    def digest(self) -> str:
        """SHA-256 of the content: 3, 3.0 and 3.000 are the same."""
        parts = (
            self.number,
            _digits(self.quantity),
            self.happened_on.isoformat(),
            self.narrative,
            "" if self.amount is None else _digits(self.amount),
            str(self.corrects or ""),
            *sorted(self.files),
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Room:
    """What an issue leaves to be reported on the Beijing date ``today``; amounts in 万元."""

    left: Decimal
    amount_left: Decimal
    counted_in: str
    found_on: date
    today: date


def cleaned(narrative: str) -> str:
    """The words as stored: no control characters at the ends, one kind of line end, no NUL."""
    return narrative.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def malformed(said: Said) -> str:
    """Why the figures or words cannot be read at all, "" where they can; asks nothing of the issue."""
    for value in (said.quantity, said.amount):
        if value is not None and (reason := _unreadable(value)):
            return reason
    if len(said.narrative) > WORDS_LENGTH:
        return f"进展最多写{WORDS_LENGTH}个字，现在有{len(said.narrative)}个字。"
    return ""


def _unreadable(value: Decimal) -> str:
    if not value.is_finite():
        return "数量须是一个数。"
    exponent = value.normalize().as_tuple().exponent
    return "数量最多六位小数。" if isinstance(exponent, int) and exponent < -6 else ""


def misdated(day: date, room: Room) -> str:
    """Why the date is out of order, "" where it is not."""
    if day > room.today:
        return f"完成日期{cn_day(day)}晚于今天（{cn_day(room.today)}）。"
    if day < room.found_on:
        return f"完成日期{cn_day(day)}早于问题列入的日期（{cn_day(room.found_on)}）。"
    return ""


def excessive(said: Said, room: Room) -> str:
    """Why it claims more than is left, "" where it does not; says how much is left."""
    if said.quantity > room.left:
        if room.left <= 0:
            return "已经没有未整改的数量，不能再填报完成数量；要写进展，数量请填0。"
        return f"只剩{plain(room.left)}{room.counted_in}未整改，填报的数量超过了。"
    if (said.amount or 0) > room.amount_left:
        return f"只剩{plain(max(room.amount_left, Decimal(0)))}万元未整改，填报的金额超过了。"
    return ""


def following(said: Said, room: Room) -> Decimal | None:
    """The money that goes with the last quantity that is left where no amount was typed: all that is left."""
    if said.amount is not None or said.quantity <= 0 or said.quantity != room.left:
        return None
    return room.amount_left if room.amount_left > 0 else None


def receipt(today: date, pick: Callable[[str], str]) -> str:
    """HZ20180606-7K3M9QXA; ``pick`` chooses one character at random."""
    return f"HZ{today:%Y%m%d}-{''.join(pick(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))}"


def followed_words(money: Decimal) -> str:
    """没有写金额，剩下的100万元随同记为完成; taken back: 随之减少."""
    if money < 0:
        return f"没有写金额，那次随同记入的{plain(-money)}万元随之减少"
    return f"没有写金额，剩下的{plain(money)}万元随同记为完成"


def told(said: Said, unit: str, counted_in: str, followed: Decimal | None = None) -> str:
    """The act as one sentence of the history: 甲镇填报2018年6月5日完成3户：已搬入新房。

    ``followed``: money that nobody typed and that went with the quantity."""
    day = cn_day(said.happened_on)
    parts = []
    if said.quantity:
        parts.append(f"{plain(abs(said.quantity))}{counted_in}")
    if said.amount:
        parts.append(f"{plain(abs(said.amount))}万元")
    what = "、".join(parts)
    if said.corrects is not None:
        way = "减少" if (said.quantity or said.amount or 0) < 0 else "增加"
        head = f"{unit}更正{day}的填报，{way}完成{what}"
    else:
        head = f"{unit}填报{day}完成{what}" if what else f"{unit}填报{day}的进展，没有新完成的数量"
    if said.files:
        head += f"，附佐证{len(said.files)}份"
    if followed:
        head += f"（{followed_words(followed)}）"
    return f"{head}：{said.narrative}" if said.narrative else head


def _digits(value: Decimal) -> str:
    return str((value + 0).normalize() + 0)
