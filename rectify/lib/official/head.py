"""红头 and 版记: what stands above the title and at the foot of the last page (GB/T 9704—2012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MARK_LARGEST, MARK_SMALLEST = 48, 26
"""Points of 发文机关标志: large and clear, never larger than the standing of the organ asks (7.2.4)."""
TYPE_AREA = 442
"""Points of the type area's 156 mm."""
MARK_TOP = {False: 35, True: 30}
"""Millimetres: from the type area's top edge (7.2.4), in a letter from the page's (10.1)."""
RULE_GAP = 4
"""Millimetres between what stands above a red line and the line (7.2.7, 10.1)."""
LETTER_RULE = 170
LETTER_FOOT = 20
"""A letter's double lines: 170 mm long; the lower one 20 mm above the page's bottom edge."""
RED = "FF0000"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """``organ``: 发文机关标志 as printed (``某某县整改办公室文件``). ``number``: 发文字号, see
    ``written_number``. ``signer``: 签发人, for what goes upward. ``is_letter``: 信函格式: red double lines,
    number at the right below the line, no number on page 1, no lines, printer or date in 版记.
    ``copied_to``: 抄送, full names. ``printed_by``, ``printed_on``: 印发机关 and 印发日期 (``2018年6月6日``),
    not printed in a letter."""

    organ: str
    number: str = ""
    signer: str = ""
    is_letter: bool = False
    copied_to: Sequence[str] = ()
    printed_by: str = ""
    printed_on: str = ""

    @property
    def mark_size(self) -> int:
        """Points that let the mark stand on one line of 156 mm, within reason."""
        return max(MARK_SMALLEST, min(MARK_LARGEST, TYPE_AREA // max(len(self.organ), 1)))

    @property
    def imprint(self) -> list[tuple[str, str]]:
        """Lines of 版记, each as (left, right); none where there is nothing to say."""
        copied = [(f"抄送：{'，'.join(self.copied_to)}。", "")] if self.copied_to else []
        if self.is_letter or not self.printed_by:
            return copied
        return [*copied, (self.printed_by, f"{self.printed_on}印发" if self.printed_on else "")]


def written_number(mark: str, year: int, serial: int) -> str:
    """发文字号: 机关代字, the full year in 〔〕, the serial without zeros in front and without 第 (7.2.5)."""
    return f"{mark}〔{year}〕{serial}号"


TITLE_WIDTH = 20
"""Characters of 2号 on a line of 156 mm."""
PHRASES = ("关于", "问题整改", "整改情况", "整改工作", "周调度", "项目推进", "有关情况", "的通报", "的函")
"""Before these a title may be broken: its lines keep words whole and stand as a trapezium (7.3.1)."""


def title_lines(title: str) -> list[str]:
    """The title in lines that fit, broken where the sense allows it and as evenly as that leaves."""
    if _width(title) <= TITLE_WIDTH:
        return [title]
    places = [at for phrase in PHRASES for at in _found(title, phrase)]
    fitting = [at for at in places if _width(title[:at]) <= TITLE_WIDTH and _width(title[at:]) <= TITLE_WIDTH]
    if not fitting:
        return [title]
    at = min(fitting, key=lambda at: abs(_width(title[:at]) - _width(title[at:])))
    return [title[:at], title[at:]]


def _found(title: str, phrase: str) -> list[int]:
    return [at for at in range(1, len(title)) if title.startswith(phrase, at)]


def _width(text: str) -> float:
    """Characters, Latin ones as halves."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def indents(organ: str, day: str) -> tuple[float, float]:
    """How many characters the issuing organ's name and the day stand in from the right edge: the day four
    (7.3.5.1), the name centred above it, as far as the type area lets it."""
    return max(0.0, 4 + (_width(day) - len(organ)) / 2), 4.0
