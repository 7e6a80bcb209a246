"""Quantities, money, state words and cells that hold several things."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.sheets.values import (
    PersonPhone,
    Quantity,
    UnreadableValue,
    is_blank_mark,
    money_unit_in,
    parse_allotted,
    parse_boolean,
    parse_completed,
    parse_done,
    parse_money,
    parse_quantity,
    parse_started,
    parse_valid,
    split_actions,
    split_person_phone,
    split_units,
)

LEDGERS = Path(__file__).resolve().parents[3] / "demo" / "ledgers"
UNITS = {"扶贫办", "住建局", "财政局", "县文化和旅游局", "各乡镇", "水务局", "国土局"}


@pytest.mark.parametrize(
    ("value", "amount", "counted_in"),
    [
        ("183户", "183", "户"),
        ("1,245 户", "1245", "户"),
        ("１２户", "12", "户"),
        ("三户", "3", "户"),
        ("十五", "15", None),
        ("两个", "2", "个"),
        ("3个问题", "3", "个"),
        ("71个", "71", "个"),
        ("12（户）", "12", "户"),
        ("12户（其中D级3户）", "12", "户"),
        ("共5户", "5", "户"),
        ("60㎡", "60", "㎡"),
        ("2.5公里", "2.5", "公里"),
        ("3万户", "30000", "户"),
        ("2万元", "2", "万元"),
        ("31000元", "3.1", "万元"),
        ("0", "0", None),
        (183, "183", None),
        (Decimal("711.62"), "711.62", None),
        (1.0, "1", None),
        ("0.30000000000000004", "0.3", None),
        ("1437.60", "1437.6", None),
    ],
)
def test_a_quantity_brings_its_counting_word(value: object, amount: str, counted_in: str | None) -> None:
    assert parse_quantity(value) == Quantity(Decimal(amount), counted_in)


@pytest.mark.parametrize("text", ["约30户", "30余户", "30户左右", "30多户"])
def test_a_rough_quantity_is_marked(text: str) -> None:
    assert parse_quantity(text) == Quantity(Decimal(30), "户", about=True)


@pytest.mark.parametrize("value", ["/", "—", "－－", "无", "空", "", "  ", None])
def test_no_quantity_is_no_value(value: object) -> None:
    assert parse_quantity(value) is None
    assert parse_money(value) is None
    assert is_blank_mark(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("若干", "数量无法识别：若干"),
        ("-5", "数量不能为负数：-5"),
        (-5, "数量不能为负数：-5"),
        ("50%", "数量无法识别：50%"),
        ("30-40户", "数量无法识别：30-40户"),
        ("12户35人", "数量无法识别：12户35人"),
        ("多户", "数量无法识别：多户"),
        (10**14, "数量过大，无法识别：100000000000000"),
        (True, "数量无法识别：True"),
        (float("nan"), "数量无法识别：nan"),
    ],
)
def test_an_impossible_quantity_is_refused_in_words(value: object, message: str) -> None:
    with pytest.raises(UnreadableValue, match=f"^{message}$"):
        parse_quantity(value)


@given(st.text(max_size=40))
def test_a_quantity_is_read_or_refused_never_a_crash(text: str) -> None:
    for parse in (parse_quantity, parse_money):
        try:
            parse(text)
        except UnreadableValue as refused:
            assert str(refused)


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [
        ("31000元", "万元", "3.1"),
        ("2万元", "元", "2"),
        ("1.2亿元", "万元", "12000"),
        ("3,058.47", "万元", "3058.47"),
        ("31000", "元", "3.1"),
        (31000, "元", "3.1"),
        ("1.5", "亿元", "15000"),
        ("1400多万元", "元", "1400"),
        ("1400万", "元", "1400"),
        ("2万3千元", "万元", "2.3"),
        ("￥1,200.50", "元", "0.12005"),
        ("五万元", "元", "5"),
        (Decimal("1.05"), "万元", "1.05"),
        ("5", "千元", "0.5"),
    ],
)
def test_money_is_in_wan_and_the_cells_own_unit_wins(value: object, unit: str, amount: str) -> None:
    assert parse_money(value, unit) == Decimal(amount)


@pytest.mark.parametrize("text", ["300元/人", "183户", "若干", "-3万元"])
def test_money_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValue, match=r"^金额"):
        parse_money(text)


def test_the_unit_of_money_is_found_in_headers_and_notes() -> None:
    assert money_unit_in("总投资\n（万元）") == "万元"
    assert money_unit_in("截至2018年5月20日        金额单位：元") == "元"
    assert money_unit_in("单位：户") is None
    assert money_unit_in("单元楼数量") is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("是 √ Y 有 已 ✔ 1 是。 已下达 是☑否□", True),
        ("否 × N 无 未 ✘ 0 未下达 没有 □是☑否", False),
        ("/ 部分 是/否 待定", None),
    ],
)
def test_a_yes_or_no_is_read(words: str, expected: bool | None) -> None:
    assert {word: parse_boolean(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "已完成 完成整改 已整改 整改到位 已销号 完成交账销号 已办结 是 √ 完成 全部完成 "
            "已全部整改到位 验收合格 100% 按期完成 已整改，未销号 5月6日已整改到位 "
            "已经完成，长期坚持。 已验收销号 已完成整改 办结 通过验收",
            True,
        ),
        (
            "基本完成 阶段性完成 部分完成 正在整改 整改中 未销号 未完成 未整改 推进中 尚未启动 "
            "未达到序时进度 否 × 进行中 已完成阶段任务，长期坚持 "
            "已完成5户，剩余3户正在整改 已完成80% 待整改 滞后 "
            "验收不合格 持续整改 阶段性办结 未按期完成 基本完成取得阶段性成果",
            False,
        ),
        ("达到序时进度 超过序时进度 长期坚持 立行立改 待验收 /", None),
    ],
)
def test_only_clear_state_words_say_whether_it_is_done(words: str, expected: bool | None) -> None:
    assert {word: parse_done(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


def test_a_blank_state_says_nothing() -> None:
    assert parse_done("") is None
    assert parse_done(None) is None
    assert parse_started("") is None


@pytest.mark.parametrize(
    ("parse", "yes", "no", "unsaid"),
    [
        (
            parse_started,
            "已开工 在建 已完工 是 已动工 已启动 完工 正在施工",
            "未开工 未动工 未启动 否 前期工作 未下达",
            "/",
        ),
        (parse_completed, "已完工 完工 竣工 已完成 是", "在建 未开工 未完工 否 前期工作", "已开工 /"),
        (parse_allotted, "已下达 是", "未下达 否 待下达", "/"),
        (parse_valid, "有效 属实 是", "无效 不属实 否", "核查中 待核查 /"),
    ],
)
def test_words_of_projects_and_leads_are_read(parse: object, yes: str, no: str, unsaid: str) -> None:
    assert callable(parse)
    for words, expected in ((yes, True), (no, False), (unsaid, None)):
        assert {word: parse(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("扶贫办、住建局", ["扶贫办", "住建局"]),
        ("财政局、水务局，国土局;住建局", ["财政局", "水务局", "国土局", "住建局"]),
        ("1.扶贫办\n2.住建局", ["扶贫办", "住建局"]),
        ("扶贫办 住建局", ["扶贫办", "住建局"]),
        ("县文化和旅游局和财政局", ["县文化和旅游局", "财政局"]),
        ("财政局及各乡镇", ["财政局", "各乡镇"]),
        ("财政局和某某局", ["财政局和某某局"]),
        ("财政局等部门", ["财政局"]),
        ("财政局、财政局", ["财政局"]),
        ("财政局/李某某", ["财政局", "李某某/"]),
        ("扶贫办、住建局（配合：财政局）", ["扶贫办", "住建局", "(财政局)support"]),
        ("扶贫办、住建局（财政局）", ["扶贫办", "住建局", "(财政局)support"]),
        ("扶贫办（牵头）、住建局（配合）", ["扶贫办lead", "住建局support"]),
        ("牵头单位：扶贫办；配合单位：财政局、住建局", ["扶贫办lead", "财政局support", "住建局support"]),
        ("", []),
    ],
)
def test_the_units_of_a_cell_are_told_apart(text: str, expected: list[str]) -> None:
    mentions = split_units(text, UNITS.__contains__)
    assert [
        (f"({mention.text})" if mention.bracket else mention.text) + mention.role + "/" * mention.after_slash
        for mention in mentions
    ] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "一是入户做思想工作，签订协议；二是组织拆除；三是验收。",
            ["入户做思想工作，签订协议", "组织拆除", "验收"],
        ),
        ("1.宣传政策；2.统一拆除；3.复垦", ["宣传政策", "统一拆除", "复垦"]),
        ("1. 签订协议\n2. 拆除\r\n3. 复垦验收", ["签订协议", "拆除", "复垦验收"]),
        ("（1）甲；（2）乙。", ["甲", "乙"]),
        ("①甲②乙③丙", ["甲", "乙", "丙"]),
        ("一、甲\n二、乙\n", ["甲", "乙"]),
        ("第一，甲；第二，乙", ["甲", "乙"]),
        ("主要措施：一是甲；二是乙", ["甲", "乙"]),
        ("建设1.5公里道路，2018.6.30前完成", ["建设1.5公里道路，2018.6.30前完成"]),
        (
            "1.建设1.5公里管网；2.2018.6.30前验收；3.投入2.3万元",
            ["建设1.5公里管网", "2018.6.30前验收", "投入2.3万元"],
        ),
        ("逐村核对，缺项的列入清单。", ["逐村核对，缺项的列入清单"]),
        ("甲\n乙", ["甲\n乙"]),
        ("涉及1、2、3社的农户", ["涉及1、2、3社的农户"]),
        ("1.只有一条", ["只有一条"]),
        ("", []),
    ],
)
def test_measures_are_split_where_they_are_numbered(text: str, expected: list[str]) -> None:
    assert split_actions(text) == expected


def test_the_inspection_sample_holds_seventy_four_measures() -> None:
    with (LEDGERS / "脱贫攻坚专项巡察问题反馈表.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row[4] for row in csv.reader(file) if row[0].isdigit()]
    assert len(cells) == 30
    assert sum(len(split_actions(cell)) for cell in cells) == 74


@pytest.mark.parametrize(
    ("text", "person", "phone"),
    [
        ("张三13812340000", "张三", "13812340000"),
        ("丙 138 1234 0000", "丙", "13812340000"),
        ("李四（0830-6222222）", "李四", "0830-6222222"),
        ("联系人：赵六 电话：13900001111", "赵六", "13900001111"),
        ("张三 13800000000、李四 13900000000", "张三、李四", "13800000000、13900000000"),
        ("王五", "王五", ""),
    ],
)
def test_a_person_and_a_telephone_number_are_taken_apart(text: str, person: str, phone: str) -> None:
    assert split_person_phone(text) == PersonPhone(person, phone)
