"""Sentences in the manner of the speech, from plain sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards.rules.sentences import Telling, block_sentence, row_word
from dashboards.rules.tallies import ISSUES, PROJECTS, Cell, Member, assemble
from issues.rules.stages import MEASURES as ISSUE_MEASURES
from projects.rules.stages import MEASURES as PROJECT_MEASURES
from rectify.lib.measures import COUNTS, SCALE

TELLING = Telling("搬迁", ISSUES, date(2018, 5, 20), "claimed")


def vector(names: Sequence[str], **sums: Decimal | int | str) -> tuple[int, ...]:
    return tuple(int(Decimal(sums.get(name, 0)) * (1 if name in COUNTS else SCALE)) for name in names)


def cell(
    kind: str, place: str | None, *, counted_in: str = "户", of: str = ISSUES, listed: str = "L1", **sums: Any
) -> Cell:
    names = ISSUE_MEASURES if of == ISSUES else PROJECT_MEASURES
    kinds = {"category": Member(kind, kind), "list": Member(listed, listed)}
    members = kinds if of == ISSUES else {"programme": Member(kind, kind)}
    township = Member(place, place) if place else None
    return Cell({**members, "township": township}, counted_in, vector(names, items=1, **sums))


def told(cells: list[Cell], by: tuple[str, ...] = (), telling: Telling = TELLING, **options: bool) -> str:
    names = ISSUE_MEASURES if telling.of == ISSUES else PROJECT_MEASURES
    (block,) = assemble(cells, by, names=names, of=telling.of, basis=telling.basis)
    return block_sentence(telling, block, by, several=options.get("several", False))


def test_a_sum_over_categories_is_worded_problems_never_households() -> None:
    sentence = told(
        [cell("未拆", "甲镇", found=183, claimed=42), cell("超面积", "乙镇", found=160, claimed=36)]
    )
    assert sentence == "截至2018年5月20日，搬迁共存在问题343个，上报整改78个，还有265个，其中甲镇就有141个。"
    assert "户" not in sentence


def test_each_category_keeps_what_it_counts_and_names_its_worst() -> None:
    cells = [
        cell("未拆", "甲镇", found=60, claimed=32),
        cell("未拆", "乙镇", found=123, claimed=100),
        cell("超面积", "乙镇", found=20, claimed=20),
    ]
    rows = told(cells, ("category",)).partition("。")[2]
    assert rows == "未拆183户，还有51户，仅甲镇就有28户；超面积20户，已全部整改。"


def test_what_nobody_said_is_never_called_left() -> None:
    cells = [
        cell("建房", "甲镇", found=500, claimed=30, unstated=300),
        cell("还贷", "乙镇", found=362, claimed=16, unstated=302),
    ]
    sentence = told(cells)
    assert "共存在问题862个，已整改46户，明确未整改214户，602户未报情况" in sentence
    assert "还有" not in sentence


def test_the_confirmed_basis_says_what_was_verified_and_what_waits() -> None:
    telling = Telling("搬迁", ISSUES, date(2018, 5, 20), "confirmed")
    assert "核实整改2户，还有8户" in told(
        [cell("未拆", "甲镇", found=10, claimed=5, confirmed=2)], (), telling
    )
    waits = told([cell("未拆", "甲镇", found=10, claimed=5, confirmed=2, unstated=3)], (), telling)
    assert "核实整改2户，上报整改待核实3户，明确未整改2户，3户未报情况" in waits


def test_money_is_worded_as_money() -> None:
    sums = {"found": "3058.47", "claimed": "2346.85", "counted_in": "万元"}
    assert told([cell("资金未划拨到户", "甲镇", **sums)]) == (
        "截至2018年5月20日，搬迁涉及资金3058.47万元，已拨付2346.85万元，仍有711.62万元未拨付，全部在甲镇。"
    )
    assert "已整改2346.85万元，仍有711.62万元未整改" in told([cell("资金问题", None, **sums)])


def test_ties_are_named_together_and_many_are_counted() -> None:
    three = [cell("未拆", name, found=3) for name in ("甲镇", "乙镇")] + [cell("未拆", "丙乡", found=1)]
    assert "还有7户，其中乙镇、甲镇各3户" in told(three)
    nine = [cell("未拆", f"{number}镇", found=3) for number in range(9)] + [cell("未拆", "末镇", found=1)]
    assert "其中0镇、1镇、2镇等9个乡镇各3户" in told(nine)


def test_where_all_have_the_same_nobody_is_named() -> None:
    assert told([cell("未拆", "甲镇", found=1), cell("未拆", "乙镇", found=1)]).endswith("还有2户。")


def test_what_left_the_count_is_said() -> None:
    assert "调出1户，上报整改2户，还有7户" in told([cell("未拆", None, found=10, removed=1, claimed=2)])
    all_gone = told([cell("未拆", None, found=10, removed=1, claimed=9)])
    assert "调出1户，上报整改9户，没有未整改的" in all_gone
    assert "全部" not in all_gone  # W-086


def test_blocks_beside_each_other_say_what_they_count() -> None:
    cells = [cell("未拆", None, found=10), cell("超面积", None, found=5)]
    assert "共存在按户统计的问题15个" in told(cells, several=True)


WORKS = Telling("乡“三有”项目", PROJECTS, date(2018, 5, 20), "claimed")


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        ({"arranged": 71, "allotted": 71, "started": 18}, "乡“三有”项目安排71个，53个未动工"),
        ({"arranged": 21, "allotted": 21}, "安排21个，全部未启动"),
        (
            {"arranged": 126, "allotted": 118, "started": 67},
            "安排126个，8个未下达，已下达的118个中51个未动工",
        ),
        ({"arranged": 8}, "安排8个，全部未下达"),
        ({"arranged": 5, "allotted": 5, "started": 5}, "安排5个，已全部开工"),
    ],
)
def test_works_are_told_by_what_waits(sums: dict[str, int], words: str) -> None:
    assert words in told([cell("三有", None, of=PROJECTS, counted_in="个", **sums)], (), WORKS)


def test_a_sentence_holds_so_many_rows_and_says_what_it_left_out() -> None:
    cells = [cell(f"K{number:02d}", None, found=number + 1) for number in range(20)]
    sentence = told(cells, ("category",))
    assert sentence.endswith("；其余8项略。")
    assert "K19" in sentence
    assert "K00" not in sentence


def test_measures_stay_measures() -> None:
    assert row_word("亩", 3) == "亩"
    assert row_word("户", 3) == "个"
    assert row_word("户", 1) == "户"
