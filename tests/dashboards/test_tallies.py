"""The tally's object: blocks, rows, worst, proofs, bases, dates; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dashboards.rules.tallies import TallyError, TallyQuery
from dashboards.services.tallies import tally
from projects.models import Campaign
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


@pytest.fixture
def housing(gj: Campaign, office: User) -> Campaign:
    """甲镇: 28 left of 40 in 未拆除, 5 in 超面积; 乙镇: 10 of 12 and 5 of 6."""
    listed = make.issue_list(gj)
    old, large = make.category(gj, "C1", "未拆除"), make.category(gj, "C2", "超面积")
    first, second = at("990001101"), at("990001102")
    for township, kind, quantity, done in (
        (first, old, 40, 12),
        (second, old, 12, 2),
        (first, large, 5, 0),
        (second, large, 6, 1),
    ):
        claims = [(done, date(2018, 3, 1))] if done else []
        make.issue(listed, office, quantity=quantity, township=township, category=kind, claims=claims)
    return gj


def only_block(answer: dict[str, Any]) -> dict[str, Any]:
    (block,) = answer["blocks"]
    return dict(block)


def test_the_total_alone_says_how_many_are_left_and_where_most(housing: Campaign) -> None:
    block = only_block(tally(TallyQuery(as_of=date(2018, 5, 20))))
    assert block["rows"] == []
    total = block["total"]
    assert (total["total"], total["done"], total["left"], total["items"]) == ("63", "15", "48", 4)
    assert total["worst"]["townships"] == ["甲镇"]
    assert (total["worst"]["left"], total["worst"]["share"]) == ("33", "68.8")


def test_rows_by_category_carry_code_worst_and_rates(housing: Campaign) -> None:
    block = only_block(tally(TallyQuery(by=("category",), as_of=date(2018, 5, 20))))
    old, large = block["rows"]
    assert (old["category"], old["category_code"]) == ("未拆除", "C1")
    assert (old["total"], old["done"], old["left"]) == ("52", "14", "38")
    assert old["worst"]["townships"] == ["甲镇"]
    assert old["rates"]["claimed_rate"] == {"numerator": "14", "denominator": "52", "percent": "26.9"}
    assert large["worst"]["townships"] == ["甲镇", "乙镇"]
    assert large["worst"]["codes"] == ["990001101", "990001102"]


def test_by_township_there_is_no_worst(housing: Campaign) -> None:
    block = only_block(tally(TallyQuery(by=("township",))))
    assert [row["township"] for row in block["rows"]] == ["甲镇", "乙镇"]
    assert all("worst" not in row for row in (*block["rows"], block["total"]))


def test_any_day_is_summed_from_the_same_rows(housing: Campaign) -> None:
    before = only_block(tally(TallyQuery(as_of=date(2018, 2, 28))))["total"]
    assert (before["done"], before["left"]) == ("0", "63")


def test_the_confirmed_basis_counts_what_was_verified(housing: Campaign) -> None:
    block = only_block(tally(TallyQuery(basis="confirmed")))
    assert (block["total"]["done"], block["total"]["left"]) == ("0", "63")
    assert "核实整改0个" in block["sentence"]


def test_counted_things_are_never_added(housing: Campaign, office: User) -> None:
    listed = make.issue_list(housing, "L2", "资金")
    money = make.category(housing, "C3", "资金未划拨")
    make.issue(
        listed, office, quantity="3058.47", counted_in="万元", category=money, township=at("990001101"),
        claims=[("2346.85", date(2018, 4, 1))],
    )  # fmt: skip
    houses, funds = tally(TallyQuery(as_of=date(2018, 5, 20)))["blocks"]
    assert (houses["counted_in"], funds["counted_in"]) == ("户", "万元")
    assert (funds["total"]["total"], funds["total"]["left"]) == ("3058.47", "711.62")
    assert "3058.47万元，已拨付2346.85万元，仍有711.62万元未拨付" in funds["sentence"]


def test_a_missing_place_is_a_row_of_its_own_and_never_the_worst(housing: Campaign, office: User) -> None:
    listed = housing.lists.get(code="L1")
    make.issue(listed, office, quantity=100, category=None)
    by_place = only_block(tally(TallyQuery(by=("township",))))
    assert (by_place["rows"][-1]["township"], by_place["rows"][-1]["left"]) == (None, "100")
    assert "township=-" in by_place["rows"][-1]["proof"]
    total = only_block(tally(TallyQuery()))["total"]
    assert total["worst"]["townships"] == ["甲镇"]
    assert total["worst"]["base"] == "148"


def test_amounts_stand_beside_what_is_counted(gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, quantity=3, amount="1.25", township=at("990001101"))
    total = only_block(tally(TallyQuery()))["total"]
    assert (total["amount"], total["amount_done"], total["amount_left"]) == ("1.25", "0", "1.25")


def test_deadlines_stand_apart(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    late = {"deadline_class": "dated", "due_on": date(2018, 5, 31)}
    make.issue(listed, office, quantity=3, **late)
    make.issue(listed, office, quantity=5, deadline_confirmed=False, **late)
    make.issue(listed, office, quantity=7, deadline_class="undetermined", deadline_confirmed=False)
    total = only_block(tally(TallyQuery(as_of=date(2018, 6, 1))))["total"]
    assert (total["overdue"], total["unconfirmed"], total["undetermined"]) == ("3", "5", "7")
    assert only_block(tally(TallyQuery(as_of=date(2018, 5, 31))))["total"]["overdue"] == "0"


def test_a_branch_is_taken_whole_and_rows_are_leaves(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    top = make.category(gj, "C1", "住房")
    leaf = make.category(gj, "C2", "漏雨", top)
    make.issue(listed, office, quantity=2, category=top)
    make.issue(listed, office, quantity=3, category=leaf)
    block = only_block(tally(TallyQuery(by=("category",), filters={"category": "住房"})))
    assert [(row["category"], row["left"]) for row in block["rows"]] == [("住房", "2"), ("住房 / 漏雨", "3")]
    assert "category=C1%21" in block["rows"][0]["proof"]
    assert block["total"]["left"] == "5"


def test_a_merged_township_stands_under_its_successor_from_that_day(gj: Campaign, office: User) -> None:
    old = at("990001102")
    make.issue(make.issue_list(gj), office, quantity=4, township=old)
    old.closed_on, old.successor = date(2018, 5, 1), at("990001101")
    old.save()
    before = only_block(tally(TallyQuery(by=("township",), as_of=date(2018, 4, 30))))
    after = only_block(tally(TallyQuery(by=("township",), as_of=date(2018, 5, 1))))
    assert [row["township"] for row in before["rows"]] == ["乙镇"]
    assert [row["township"] for row in after["rows"]] == ["甲镇"]
    asked = only_block(tally(TallyQuery(filters={"township": "甲镇"}, as_of=date(2018, 5, 1))))
    assert asked["total"]["left"] == "4"


def test_before_the_first_entry_there_is_no_zero(housing: Campaign) -> None:
    answer = tally(TallyQuery(as_of=date(2017, 12, 31)))
    assert answer["blocks"] == []
    assert answer["first_entry"] == "2018-01-10"
    assert answer["sentence"] == "此前无记录。"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (TallyQuery(as_of=date(2018, 6, 7)), "晚于今天"),
        (TallyQuery(by=("colour",)), "不能按“colour”统计"),
        (TallyQuery(by=("category", "category")), "只能写一次"),
        (TallyQuery(basis="felt"), "口径只能是"),
        (TallyQuery(of="leads"), "统计对象只能是"),
        (TallyQuery(filters={"category": "没有的"}), "没有名为“没有的”的类别"),
        (TallyQuery(filters={"township": "没有的"}), "没有“没有的”"),
        (TallyQuery(filters={"programme": "X"}), "不能按“programme”筛选"),
        (TallyQuery(campaign="none"), "没有代号为“none”的工作"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    housing: Campaign, query: TallyQuery, words: str
) -> None:
    with pytest.raises(TallyError, match=words):
        tally(query)


def test_filters_and_identity_are_echoed(housing: Campaign) -> None:
    answer = tally(TallyQuery(campaign="gj2018", filters={"township": "甲镇", "list": "L1"}))
    assert (answer["campaign"], answer["county"], answer["definition"]) == ("gj2018", "990001", "1")
    assert answer["filters"] == {
        "township": "甲镇",
        "township_code": "990001101",
        "list": "某县房屋安全问题台账",
        "list_code": "L1",
    }
    assert "甲镇房屋安全共存在问题45个" in answer["sentence"]


def test_a_cadre_sees_the_own_township_and_is_told_so(housing: Campaign) -> None:
    cadre = make.user("cadre", at("990001102"))
    answer = tally(TallyQuery(by=("category",)), cadre)
    assert only_block(answer)["total"]["left"] == "15"
    assert "本单位范围内" in answer["sentence"]


def test_who_sees_nothing_gets_nothing(housing: Campaign) -> None:
    admin = make.user("sysadmin", housing.unit)
    assert tally(TallyQuery(), admin)["blocks"] == []


@pytest.mark.parametrize("by", [(), ("category",), ("township", "category"), ("list",)])
@pytest.mark.parametrize("day", [date(2018, 2, 1), date(2018, 5, 20), None])
def test_roll_ups_and_entries_agree(
    housing: Campaign, office: User, monkeypatch: pytest.MonkeyPatch, by: tuple[str, ...], day: date | None
) -> None:
    query = TallyQuery(by=by, as_of=day)
    from_rollups = tally(query, office)
    monkeypatch.setattr("dashboards.queries.sources.can_roll", lambda *arguments: False)
    from_entries = tally(query, office)
    assert from_rollups["blocks"] == from_entries["blocks"]
