"""Fields told from paths of names by a small vocabulary."""

import re
from collections.abc import Sequence

import pytest

from rectify.lib.sheets.columns import (
    Candidate,
    Pattern,
    Strength,
    Vocabulary,
    assign,
    layout_fingerprint,
    path_text,
)
from rectify.lib.sheets.shape import Column

WORDS = Vocabulary(
    names={
        "township": "乡镇 所在乡镇",
        "done_on": "完成时间",
        "deadline": "整改时限",
        "person": "责任人",
        "responsible_units": "责任单位",
        "description": "问题 具体问题",
        "started_on": "开工时间",
        "leader": "责任领导 分管领导",
    },
    weak={"deadline": "预计完成时间", "goal": "任务", "responsible_units": "单位"},
    patterns=(Pattern("progress", re.compile(r"进展[^|]*$")), Pattern("note", re.compile(r"备注[^|]*$"))),
    never=re.compile(r"电话|率$"),
    foreign=re.compile(r"复查"),
    generic={"姓名": frozenset({"person"}), "时间": frozenset({"done_on"})},
    joined=frozenset({"description"}),
    contextual=(Pattern("planned_start", re.compile(r"计划[^|]*[|].*开工时间$")),),
)


def field(*path: str) -> str | None:
    found = WORDS.candidates(path)
    return found[0].field if found else None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("乡镇",), "township"),
        (("乡（镇）",), "township"),
        (("鄉鎮",), "township"),
        (("＊整改时限：",), "deadline"),
        (("3.整改时限（年月日）",), "deadline"),
        (("问题基本情况", "具体问题"), "description"),
        (("完成", "时间"), "done_on"),
        (("责任人", "姓名"), "person"),
        (("责任人", "电话"), None),
        (("责任人联系电话",), None),
        (("完成率",), None),
        (("复查情况", "完成时间"), None),
        (("计划", "开工时间"), "planned_start"),
        (("实际", "开工时间"), "started_on"),
        (("目前进展（截至5月）",), "progress"),
        (("姓名",), None),
        (("天气",), None),
        ((), None),
    ],
)
def test_a_path_of_names_tells_its_field(path: Sequence[str], expected: str | None) -> None:
    assert field(*path) == expected


def test_a_weak_name_gives_way_to_a_plain_one() -> None:
    plain = WORDS.candidates(("整改时限",))
    weak = WORDS.candidates(("预计完成时间",))
    assert weak == [Candidate("deadline", Strength.WEAK)]
    assert assign([weak, plain], WORDS.joined) == [None, "deadline"]
    assert assign([weak, weak], WORDS.joined) == ["deadline", None]


def test_plain_names_of_one_field_all_have_it() -> None:
    columns = [WORDS.candidates((name,)) for name in ("责任领导", "分管领导", "问题", "具体问题")]
    assert assign(columns, WORDS.joined) == ["leader", "leader", "description", "description"]


def test_a_vocabulary_knows_its_names() -> None:
    assert WORDS.knows("整改时限")
    assert not WORDS.knows("联系电话")


def test_a_layout_is_known_again_by_letters_and_names() -> None:
    columns = [Column(1, ("序号",)), Column(2, ("责任", "单位"))]
    same = [Column(1, ("序 号".replace(" ", ""),)), Column(2, ("責任", "单位"))]
    moved = [Column(2, ("序号",)), Column(3, ("责任", "单位"))]
    assert layout_fingerprint(columns) == layout_fingerprint(same)
    assert layout_fingerprint(columns) != layout_fingerprint(moved)
    assert len(layout_fingerprint(columns)) == 32


def test_a_path_is_shown_with_slashes_and_a_nameless_column_by_its_letter() -> None:
    assert path_text(Column(2, ("责任", "单位"))) == "责任 / 单位"
    assert path_text(Column(28, ())) == "AB列"
