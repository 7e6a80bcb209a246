"""Sentences in the manner of a speech: a block of a tally told aloud, ready to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboards.rules.figures import (
    MONEY,
    issue_amounts,
    issue_quantities,
    plain,
    project_money,
    project_quantities,
)
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, Block, Member, Row, Worst, by_root, ranked

NO_RECORD = "此前无记录。"
NOTHING_FITS = "没有符合条件的记录。"
PLACES = ("township", "village", "unit", "lead_unit", "department")
MEASURED = (
    "万元",
    "元",
    "亿元",
    "亩",
    "公顷",
    "公里",
    "千米",
    "米",
    "平方米",
    "平方公里",
    "立方米",
    "吨",
    "公斤",
)
"""What is measured, not counted: such sums keep their word over several categories."""
MONEY_VERBS = (("拨", "拨付"), ("缴", "收缴"), ("收回", "收回"), ("归还", "归还"), ("退", "退还"))
MOST_ROWS = 12
MOST_PLACES = 5
MOST_TIED = 5
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Telling:
    """What a sentence says besides numbers: whose, as of when, by which basis, of how narrow a view."""

    subject: str
    of: str
    as_of: date
    basis: str
    known_at: str = ""
    names_worst: bool = True


def chinese_date(day: date) -> str:
    """2018年5月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def pending_sentence(rows: int) -> str:
    """What every total adds while rows of a ledger are left out; empty when none is."""
    return f"另有{rows}行未入库。" if rows else ""


def block_sentence(telling: Telling, block: Block, by: Sequence[str], *, several: bool) -> str:
    """One block told aloud; ``several`` when other blocks count the same subject in other things.

    More rows of a tree than a sentence can hold are told by the tops of their branches."""
    known = f"（按{telling.known_at}前登记的记录）" if telling.known_at else ""
    head = f"截至{chinese_date(telling.as_of)}{known}，"
    if telling.of == ISSUES:
        total = _issue_total(telling, block, several=several)
    else:
        total = _project_total(telling, block)
    rows = _rows(telling, block, by) if len(block.rows) > 1 else ""
    return f"{head}{total}。{rows}"


def _rows(telling: Telling, block: Block, by: Sequence[str]) -> str:
    if any(name in PLACES for name in by):
        return _most(telling, block, by)
    rows = by_root(block.rows) if len(by) == 1 and len(block.rows) > MOST_ROWS else block.rows
    told = sorted(rows, key=lambda row: -ranked(row))[:MOST_ROWS]
    clauses = [_clause(telling, block, by, row) for row in rows if any(row is one for one in told)]
    rest = len(rows) - len(told)
    return "；".join(clauses) + (f"；其余{rest}项略。" if rest else "。")


def _clause(telling: Telling, block: Block, by: Sequence[str], row: Row) -> str:
    name = row_name(by, row.members)
    if telling.of == ISSUES:
        return _issue_clause(telling, block, row, name)
    if block.counted_in == MONEY and not row.sums["arranged"]:
        return f"{name}{_money_clause(row)}"
    return f"{name}{_works_clause(telling, block, row)}"


def _most(telling: Telling, block: Block, by: Sequence[str]) -> str:
    """The rows of a place or unit that have most left, in order."""
    left = [(row, ranked(row)) for row in block.rows]
    most = sorted((pair for pair in left if pair[1] > 0), key=lambda pair: -pair[1])[:MOST_PLACES]
    if not most:
        return ""
    told = "、".join(
        f"{row_name(by, row.members)}{plain(value)}{_word(telling, block, row)}" for row, value in most
    )
    if telling.of == ISSUES:
        what = "未整改（含未报情况）" if block.total.sums["unstated"] else "未整改"
    else:
        what = "超额下达" if block.counted_in == MONEY else "未动工"
    return f"{what}较多的是{told}。"


def row_name(by: Sequence[str], members: Sequence[Member | None]) -> str:
    """The row's members in words: the last step of a path; 未写明类别 where there is none."""
    names = [
        member.spoken if member else f"未写明{DIMENSION_LABELS[name]}"
        for name, member in zip(by, members, strict=True)
    ]
    return "·".join(names)


def row_word(counted_in: str, kinds: int) -> str:
    """What a sum is worded in: over several categories or lists 个, for one household may stand in two."""
    return counted_in if kinds <= 1 or counted_in in MEASURED else "个"


def _word(telling: Telling, block: Block, row: Row) -> str:
    return row_word(block.counted_in, len(row.kinds)) if telling.of == ISSUES else block.counted_in


# --- issues -------------------------------------------------------------------------------------------------


def _issue_total(telling: Telling, block: Block, *, several: bool) -> str:
    row = block.total
    word = _word(telling, block, row)
    found = plain(row.sums["found"])
    if block.counted_in == MONEY:
        return f"{telling.subject}涉及资金{found}{MONEY}{_money_left(telling, block, row, emphatic=False)}"
    counted = f"按{block.counted_in}统计的" if several else ""
    amounts = issue_amounts(row.sums, telling.basis)
    amount = f"，涉及金额{plain(amounts['amount'])}{MONEY}" if amounts else ""
    return f"{telling.subject}共存在{counted}问题{found}{word}{amount}{_left(telling, block, row, word)}"


def _issue_clause(telling: Telling, block: Block, row: Row, name: str) -> str:
    word = _word(telling, block, row)
    start = f"{name}{plain(row.sums['found'])}{word}"
    if block.counted_in == MONEY:
        return start + _money_left(telling, block, row, emphatic=True)
    figures = issue_quantities(row.sums, telling.basis)
    if figures["left"] == 0:
        return start + _nothing_left(telling, figures, word)
    if figures["unstated"]:
        return start + _unstated(telling, row, block.counted_in, word)
    worst = _worst(telling, row, word, emphatic=True)
    return f"{start}，还有{plain(figures['left'])}{word}{worst}"


def _left(telling: Telling, block: Block, row: Row, word: str) -> str:
    figures = issue_quantities(row.sums, telling.basis)
    removed = f"，调出{plain(figures['removed'])}{word}" if figures["removed"] else ""
    if figures["left"] == 0:
        return _nothing_left(telling, figures, word)
    if figures["unstated"]:
        worst = _worst_unstated(telling, row, _part(row, block.counted_in, word))
        return removed + _unstated(telling, row, block.counted_in, word) + worst
    done = f"，{_done_word(telling)}{plain(figures['done'])}{word}"
    worst = _worst(telling, row, word, emphatic=False)
    return f"{removed}{done}，还有{plain(figures['left'])}{word}{worst}"


def _nothing_left(telling: Telling, figures: Mapping[str, Decimal], word: str) -> str:
    """Where something was removed, it was not all put right (W-086)."""
    if not figures["removed"]:
        return _all_done(telling)
    done = f"，{_done_word(telling)}{plain(figures['done'])}{word}" if figures["done"] else ""
    return f"，调出{plain(figures['removed'])}{word}{done}，没有未整改的"


def _done_word(telling: Telling) -> str:
    return "上报整改" if telling.basis == "claimed" else "核实整改"


def _all_done(telling: Telling) -> str:
    return "，已全部整改" if telling.basis == "claimed" else "，已全部核实整改"


def _unstated(telling: Telling, row: Row, counted_in: str, word: str) -> str:
    """Nobody said: never told as 还有. The parts of one list keep what it counts (已整改46户)."""
    part = _part(row, counted_in, word)
    figures = issue_quantities(row.sums, telling.basis)
    if figures["done"] == 0 and figures["stated_left"] == 0:
        return "，均未报情况"
    waiting = figures["unverified"] if telling.basis == "confirmed" else Decimal(0)
    done = "已整改" if telling.basis == "claimed" else "核实整改"
    said = [
        f"，{name}{plain(value)}{part}"
        for name, value in (
            (done, figures["done"]),
            ("上报整改待核实", waiting),
            ("明确未整改", figures["stated_left"] - waiting),
        )
        if value
    ]
    return f"{''.join(said)}，{plain(figures['unstated'])}{part}未报情况"


def _part(row: Row, counted_in: str, word: str) -> str:
    return counted_in if len({kind[0] for kind in row.kinds}) <= 1 else word


def _worst_unstated(telling: Telling, row: Row, word: str) -> str:
    worst = _outstanding(telling, row)
    if worst is None:
        return ""
    each = "各" if len(worst.townships) > 1 else ""
    return f"；未整改和未报情况合计最多的是{_places(worst)}，{each}{plain(worst.value)}{word}"


def _money_left(telling: Telling, block: Block, row: Row, *, emphatic: bool) -> str:
    figures = issue_quantities(row.sums, telling.basis)
    verb = _money_verb(telling, row)
    removed = f"，调出{plain(figures['removed'])}{MONEY}" if figures["removed"] else ""
    if figures["left"] == 0 and not removed:
        return f"，已全部{verb}"
    if figures["unstated"]:
        return removed + _unstated(telling, row, MONEY, MONEY)
    checked = "" if telling.basis == "claimed" else "核实"
    done = f"，{checked or '已'}{verb}{plain(figures['done'])}{MONEY}"
    if figures["left"] == 0:
        return f"{removed}{done}，没有未{verb}的"
    worst = _worst(telling, row, MONEY, emphatic=emphatic)
    return f"{removed}{done}，仍有{plain(figures['left'])}{MONEY}未{verb}{worst}"


def _money_verb(telling: Telling, row: Row) -> str:
    """How money is put right, where the categories' own names say it alike; else 整改."""
    verbs = set()
    for kind in row.kinds:
        name = kind[-1].name if kind and kind[-1] else telling.subject
        verbs.add(next((verb for part, verb in MONEY_VERBS if part in name), "整改"))
    return verbs.pop() if len(verbs) == 1 else "整改"


# --- the worst ----------------------------------------------------------------------------------------------


def _outstanding(telling: Telling, row: Row) -> Worst | None:
    """The worst place where it says something: not where several places have all the same."""
    worst = row.worst
    if worst is None or not telling.names_worst:
        return None
    alike = len(worst.townships) > 1 and len(worst.townships) == len(row.ranked_places())
    return None if alike else worst


def _places(worst: Worst) -> str:
    names = [place.name for place in worst.townships]
    if len(names) > MOST_TIED:
        return f"{'、'.join(names[:3])}等{len(names)}个乡镇"
    return "、".join(names)


def _worst(telling: Telling, row: Row, word: str, *, emphatic: bool) -> str:
    """，其中马岭镇113个 / ，仅大石镇就有28户 / ，其中分水镇就有130户 (half or more) / ，全部在大石镇."""
    worst = _outstanding(telling, row)
    if worst is None:
        return ""
    number = f"{plain(worst.value)}{word}"
    if worst.value == worst.base:
        return f"，全部在{_places(worst)}"
    if len(worst.townships) > 1:
        return f"，其中{_places(worst)}各{number}"
    if emphatic:
        return f"，仅{_places(worst)}就有{number}"
    much = "就有" if worst.value >= worst.base * HALF else ""
    return f"，其中{_places(worst)}{much}{number}"


# --- projects -----------------------------------------------------------------------------------------------


def _project_total(telling: Telling, block: Block) -> str:
    if block.counted_in == MONEY and not block.total.sums["arranged"]:
        return f"{telling.subject}{_money_clause(block.total)}"
    return f"{telling.subject}{_works_clause(telling, block, block.total)}"


def _works_clause(telling: Telling, block: Block, row: Row) -> str:
    """安排71个，53个未动工 / 安排21个，全部未启动 / 安排126个，8个未下达，已下达的118个中51个未动工."""
    works = project_quantities(row.sums)
    word = block.counted_in
    start = f"安排{plain(works['arranged'])}{word}"
    if works["allotted"] == 0:
        return f"{start}，全部未下达"
    allotted = ""
    if works["not_allotted"]:
        start += f"，{plain(works['not_allotted'])}{word}未下达"
        allotted = f"已下达的{plain(works['allotted'])}{word}"
    if works["not_started"] == 0:
        return f"{start}，{allotted}已全部开工"
    if works["started"] == 0:
        return f"{start}，{allotted}全部未启动"
    among = f"{allotted}中" if allotted else ""
    late = f"，{among}{plain(works['not_started'])}{word}未动工"
    return start + late + _worst(telling, row, word, emphatic=False)


def _money_clause(row: Row) -> str:
    money = project_money(row.sums)
    parts = [
        f"{name}{plain(money[code])}{MONEY}"
        for code, name in (("due", "应下达资金"), ("funded", "实际下达"), ("paid", "已拨付"))
        if money[code]
    ]
    if not money["over"]:
        return "，".join(parts)
    over = row.ranked_places()
    most = "、".join(f"{place.name}超{plain(value)}{MONEY}" for place, value in over[:3])
    named = f"，最多的{len(over[:3])}个分别是{most}" if len(over) > 1 else f"，为{most}"
    where = f"{len(over)}个乡镇超额下达，合计超{plain(money['over'])}{MONEY}{named if over else ''}"
    return "，".join([*parts, where])
