"""Sentences of a bulletin that name units: what changed, who is late, who said nothing, who leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from dashboards.rules.figures import MONEY, percent, plain
from dashboards.rules.ranking import Placed, ends
from dashboards.rules.sentences import chinese_date, row_word
from dashboards.rules.snapshots import SIGNED_FIGURES, Block, Snapshot, most
from dashboards.rules.tallies import ISSUES

MOST_NAMED = 5
UNITS = (("township", "乡镇"), ("department", "部门"))
RATE_WORDS = {"claimed": "上报完成率", "confirmed": "核实完成率"}
MOVED = (
    ("total", "应整改"),
    ("removed", "调出"),
    ("claimed", "上报整改"),
    ("confirmed", "核实整改"),
    ("left", "未整改"),
)


def word_of(block: Block) -> str:
    """What the block's total counts: 个 over several categories."""
    return row_word(block["counted_in"], 2)


def changes(snapshot: Snapshot) -> Iterator[str]:
    """与2018年4月30日相比，按户统计的问题应整改增加286个，未整改减少12个。 Then where the figures of that day
    are no longer those that were signed."""
    before = snapshot.earlier_blocks(ISSUES, "total")
    told = []
    for name, block in snapshot.blocks(ISSUES, "total").items():
        if name not in before:
            told.append(f"{_what(name)}都是本期新增的")
            continue
        then, now, word = before[name]["total"], block["total"], word_of(block)
        parts = [_moved(label, Decimal(now[code]) - Decimal(then[code]), word) for code, label in MOVED]
        said = "，".join(part for part in parts if part)
        told.append(f"{_what(name)}{said or '没有变化'}")
    compared = f"与{chinese_date(snapshot.previous_on)}相比，{'；'.join(told)}。" if told else ""
    if said := compared + _signed_and_later(snapshot):
        yield said


def _signed_and_later(snapshot: Snapshot) -> str:
    """上期通报（整通报〔2018〕1号）按户统计的问题未整改44个，其后补录、更正为39个。 "" where none changed."""
    signed = snapshot.signed_before
    now, then = snapshot.earlier_blocks(ISSUES, "total"), signed.get("totals", {})
    told = []
    for name in dict.fromkeys((*now, *then)):
        word = row_word(name, 2)
        before, after = then.get(name, {}), now[name]["total"] if name in now else {}
        figures = [
            (label, before.get(code, "0"), after.get(code, "0")) for code, label in SIGNED_FIGURES.items()
        ]
        changed = [
            f"{label}{old}{word}，其后补录、更正为{new}{word}" for label, old, new in figures if old != new
        ]
        if changed:
            told.append(f"{_what(name)}{'；'.join(changed)}")
    return f"上期通报（{signed['number']}）{'；'.join(told)}。" if told and signed else ""


def _what(counted_in: str) -> str:
    return "涉及资金" if counted_in == MONEY else f"按{counted_in}统计的问题"


def _moved(label: str, difference: Decimal, word: str) -> str:
    if difference == 0:
        return ""
    return f"{label}{'增加' if difference > 0 else '减少'}{plain(abs(difference))}{word}"


def overdue(snapshot: Snapshot) -> Iterator[str]:
    """逾期 with its share of what is left and the places with most; what has no certain date beside it."""
    for name, block in snapshot.blocks(ISSUES, "township").items():
        total, word = block["total"], word_of(block)
        late = Decimal(total["overdue"])
        places = most(block["rows"], "township", "overdue")[:MOST_NAMED]
        said = f"按{name}统计，逾期未整改{plain(late)}{word}"
        share = percent(late, Decimal(total["left"]))
        if late and share:
            said += f"，占未整改的{share}%"
        if len(places) > 1:
            named = [f"{row['township']}{plain(value)}{word}" for row, value in places]
            said += f"，较多的是{'、'.join(named)}"
        open_ = [
            f"时限{label}{total[code]}{word}"
            for code, label in (("undetermined", "未定"), ("unconfirmed", "待确认"))
            if total[code] != "0"
        ]
        if not late and not open_:
            continue
        beside = f"；另有{'、'.join(open_)}，不计入逾期，也不算按期" if open_ else ""
        yield f"{said}{beside}。"


def unreported(snapshot: Snapshot) -> Iterator[str]:
    """问题线索应报48个单位，31个没有报送：乡镇13个，……；专项部门18个，……。"""
    for one in snapshot.told["unreported"]:
        groups = one["silent"]
        silent = sum(len(group["names"]) for group in groups)
        if not silent:
            yield f"{one['title']}应报{one['asked']}个单位，全部报送。"
            continue
        listed = "；".join(
            f"{group['label']}{len(group['names'])}个（{'、'.join(group['names'])}）" for group in groups
        )
        yield f"{one['title']}应报{one['asked']}个单位，{silent}个没有报送：{listed}。"


def best(snapshot: Snapshot, counted: Sequence[str]) -> Iterator[str]:
    """The first three places by the printed rule, townships and departments apart."""
    for name, label, (first, _) in _ends(snapshot, counted):
        if first:
            yield f"按{name}统计，{RATE_WORDS[snapshot.basis]}居前的{label}：{_listed(first)}。"


def worst(snapshot: Snapshot, counted: Sequence[str]) -> Iterator[str]:
    """The last three places by the printed rule, and who has most left: it may be another."""
    for name, label, (_, last) in _ends(snapshot, counted):
        if last:
            yield f"按{name}统计，{RATE_WORDS[snapshot.basis]}居后的{label}：{_listed(last, left=True)}。"
    for name in counted:
        block = snapshot.blocks(ISSUES, "township").get(name)
        if block:
            yield from _most_left(block, name)


def _most_left(block: Block, name: str) -> Iterator[str]:
    found = most(block["rows"], "township", "left")[:MOST_NAMED]
    if len(found) > 1:
        word, total = word_of(block), Decimal(block["total"]["left"])
        listed = "、".join(
            f"{row['township']}{plain(value)}{word}（占{percent(value, total)}%）" for row, value in found
        )
        yield f"按{name}统计，未整改数较多的乡镇：{listed}。"


def _ends(
    snapshot: Snapshot, counted: Sequence[str]
) -> Iterator[tuple[str, str, tuple[list[Placed], list[Placed]]]]:
    for name in (one for one in snapshot.counted() if one in counted):
        for dimension, label in UNITS:
            yield name, label, ends(snapshot.ranking(dimension, name))


def _listed(units: Sequence[Placed], *, left: bool = False) -> str:
    return "、".join(
        f"{one.name}{one.rate}（{plain(one.done)}÷{plain(one.base)}，第{one.place}位"
        f"{f'，未整改{plain(one.left)}' if left else ''}）"
        for one in units
    )
