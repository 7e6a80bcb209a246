"""The filter of the issue list: what it reads, refuses, writes back, and finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.issues import filtered
from issues.queries.totals import totals
from issues.rules.filters import DEADLINE_CLASSES, DIRECTED_SORTS, MEASURES, STATES, IssueFilter
from issues.rules.piles import PILES
from issues.rules.sight import HouseholdSight
from projects.models import Campaign
from rectify.lib.criteria import FilterRefused
from tests import factories as make
from townships.models import Unit, User

TODAY = date(2018, 6, 6)
EAST, WEST = "990001101", "990001102"
OnDay = Callable[[str], None]


def read(**params: str) -> IssueFilter:
    return IssueFilter.from_params(params, today=TODAY)


def refusal(**params: str) -> str:
    with pytest.raises(FilterRefused) as refused:
        read(**params)
    return str(refused.value)


# --- reading and writing back -------------------------------------------------------------------------------


def test_an_empty_address_asks_for_nothing() -> None:
    assert read() == IssueFilter()
    assert IssueFilter().to_query() == ""


def test_empty_parameters_ask_for_nothing() -> None:
    assert read(township="", q="  ") == IssueFilter()


def test_the_address_is_written_in_one_order_whatever_it_was_read_in() -> None:
    one = IssueFilter.from_params({"q": "房", "township": EAST, "campaign": "gj"}, today=TODAY)
    other = IssueFilter.from_params({"campaign": "gj", "township": EAST, "q": "房"}, today=TODAY)
    assert one.to_query() == other.to_query() == f"campaign=gj&township={EAST}&q=%E6%88%BF"


TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=20).map(
    str.strip
)


@given(
    st.builds(
        IssueFilter,
        campaign=TEXT,
        category=TEXT,
        township=TEXT,
        source=TEXT,
        state=st.sampled_from(["", *STATES]),
        deadline_class=st.sampled_from(["", *DEADLINE_CLASSES]),
        as_of=st.none() | st.dates(date(2015, 1, 1), TODAY),
        basis=st.sampled_from(["claimed", "confirmed"]),
        measure=st.sampled_from(["", *MEASURES]),
        waiting=st.sampled_from(["", *PILES]),
        holder=TEXT,
        import_id=st.none() | st.integers(1, 10**6),
        q=TEXT,
        sort=st.sampled_from(DIRECTED_SORTS),
        page=st.integers(1, 999),
    )
)
def test_what_is_written_reads_back_the_same(wanted: IssueFilter) -> None:
    assert IssueFilter.from_params(wanted.to_params(), today=TODAY) == wanted


def test_narrowing_goes_back_to_the_first_page() -> None:
    wanted = read(page="7", township=EAST)
    assert wanted.with_(state="closed").page == 1
    assert wanted.without("township") == IssueFilter()
    assert wanted.with_(page=8).page == 8


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"as_of": "2018-06-07"}, "晚于今天"),
        ({"as_of": "昨天"}, "不是日期"),
        ({"as_of": "2018-02-30"}, "不是日期"),
        ({"known_at": "早上"}, "不是时间"),
        ({"basis": "guessed"}, "没有“guessed”这一项"),
        ({"measure": "everything"}, "没有“everything”这一项"),
        ({"state": "withdrawn"}, "没有“withdrawn”这一项"),
        ({"sort": "number; drop table"}, "没有“number; drop table”这一项"),
        ({"page": "0"}, "不是正整数"),
        ({"page": "-1"}, "不是正整数"),
        ({"page": "9" * 30}, "不是正整数"),
        ({"import": "x"}, "不是正整数"),
        ({"q": "长" * 300}, "太长"),
        ({"q": "a\0b"}, "不能识别"),
        ({"colour": "red"}, "没有“colour”这个筛选条件"),
    ],
)
def test_nonsense_is_refused_in_chinese(params: dict[str, str], says: str) -> None:
    assert says in refusal(**params)


def test_every_wrong_parameter_is_named_at_once() -> None:
    with pytest.raises(FilterRefused) as refused:
        read(as_of="2030-01-01", page="0", state="lost")
    assert len(refused.value.reasons) == 3


# --- finding ------------------------------------------------------------------------------------------------


@pytest.fixture
def gj(db: None, on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def numbers(office: User, **params: str) -> set[str]:
    found = filtered(Issue.objects.visible_to(office), read(**params))
    return set(found.values_list("number", flat=True))


def test_a_code_that_names_nothing_is_refused(office: User) -> None:
    for params in ({"campaign": "x"}, {"list": "x"}, {"category": "x"}, {"township": "x"}, {"unit": "x!"}):
        with pytest.raises(FilterRefused, match="没有"):
            filtered(Issue.objects.visible_to(office), read(**params))


def test_a_category_takes_its_branch_unless_asked_for_itself(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    top = make.category(gj, "C1", "住房")
    below = make.category(gj, "C2", "漏雨", parent=top)
    mine = make.issue(listed, office, category=top)
    deeper = make.issue(listed, office, category=below)
    bare = make.issue(listed, office)
    assert numbers(office, category="C1") == {mine.number, deeper.number}
    assert numbers(office, category="C1!") == {mine.number}
    assert numbers(office, category="-") == {bare.number}


def test_a_unit_takes_its_branch_unless_asked_for_itself(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    town = make.issue(listed, office, unit=at(EAST))
    village = make.issue(listed, office, unit=at(f"{EAST}001"))
    other = make.issue(listed, office, unit=at(WEST), lead_unit=at("D-A"))
    assert numbers(office, unit=EAST) == {town.number, village.number}
    assert numbers(office, unit=f"{EAST}!") == {town.number}
    assert numbers(office, lead_unit="D-A") == {other.number}
    assert numbers(office, lead_unit="-") == {town.number, village.number}


def test_a_closed_township_counts_as_its_successor_from_that_day(
    gj: Campaign, office: User, on_day: OnDay
) -> None:
    listed = make.issue_list(gj)
    gone = at(WEST)
    Unit.objects.filter(pk=gone.pk).update(closed_on=date(2018, 3, 1), successor=at(EAST))
    moved = make.issue(listed, office, township=gone, village=at(f"{WEST}001"))
    stays = make.issue(listed, office, township=at(EAST))
    assert numbers(office, township=EAST) == {moved.number, stays.number}
    assert numbers(office, township=WEST) == {moved.number, stays.number}
    assert numbers(office, township=EAST, as_of="2018-02-28") == {stays.number}
    assert numbers(office, township=WEST, as_of="2018-02-28") == {moved.number}


def test_department_is_that_of_the_category(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    led = make.category(gj, "C1", "住房", department=at("D-A"))
    mine = make.issue(listed, office, category=led)
    bare = make.issue(listed, office)
    assert numbers(office, department="D-A") == {mine.number}
    assert numbers(office, department="-") == {bare.number}


def test_plain_dimensions_and_their_absence(gj: Campaign, office: User) -> None:
    first, second = make.issue_list(gj), make.issue_list(gj, "L2", "资金")
    a = make.issue(first, office, source="省级考核", counted_in="户")
    b = make.issue(second, office, counted_in="处", state="closed", closed_on=date(2018, 5, 1))
    assert numbers(office, source="省级考核") == {a.number}
    assert numbers(office, source="-") == {b.number}
    assert numbers(office, counted_in="处") == {b.number}
    assert numbers(office, list="L2") == {b.number}
    assert numbers(office, state="open") == {a.number}
    assert numbers(office, state="closed") == {b.number}


def test_every_measure_finds_the_issues_where_it_is_above_zero(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    late = {"deadline_class": "dated", "due_on": date(2018, 5, 31)}
    open_late = make.issue(listed, office, quantity=3, claims=[(1, date(2018, 5, 1))], **late)
    claimed = make.issue(listed, office, quantity=2, claims=[(2, date(2018, 5, 1))], **late)
    checked = make.issue(
        listed, office, claims=[(1, date(2018, 5, 1))], confirmations=[(1, date(2018, 5, 9))], **late
    )
    silent = make.issue(listed, office, is_stated=False, deadline_class="undetermined")
    unsure = make.issue(listed, office, deadline_confirmed=False, **late)
    gone = make.issue(listed, office, quantity=1, removals=[(1, date(2018, 5, 2))])
    money = make.issue(listed, office, amount="3.5")
    everything = {one.number for one in (open_late, claimed, checked, silent, unsure, gone, money)}
    expected = {
        "items": everything,
        "found": everything,
        "left": {open_late.number, silent.number, unsure.number, money.number},
        "claimed": {open_late.number, claimed.number, checked.number},
        "confirmed": {checked.number},
        "unverified": {open_late.number, claimed.number},
        "removed": {gone.number},
        "overdue": {open_late.number},
        "undetermined": {silent.number},
        "unconfirmed": {unsure.number},
        "unstated": {silent.number},
        "stated_left": {open_late.number, unsure.number, money.number},
        "closed": set(),
        "amount": {money.number},
        "amount_done": set(),
        "amount_left": {money.number},
        "supplement": set(),
        "unfiled": set(),
    }
    assert set(expected) == set(MEASURES)
    for measure, wanted in expected.items():
        assert numbers(office, measure=measure) == wanted, measure
    assert numbers(office, measure="overdue", basis="confirmed") == {open_late.number, claimed.number}


def test_a_day_asked_for_shows_what_was_so_at_its_end(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    early = make.issue(listed, office, quantity=5, claims=[(5, date(2018, 5, 20))])
    late = make.issue(listed, office, found_on=date(2018, 5, 1))
    assert numbers(office, as_of="2018-04-30") == {early.number}
    assert numbers(office, as_of="2018-05-19", measure="left") == {early.number, late.number}
    assert numbers(office, as_of="2018-05-20", measure="left") == {late.number}


def test_every_word_searched_for_has_to_occur(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    roof = make.issue(listed, office, search_text="甲镇 屋顶漏雨 wt2018")
    make.issue(listed, office, search_text="甲镇 未拆旧房")
    assert numbers(office, q="漏雨 甲镇") == {roof.number}
    assert numbers(office, q="WT2018") == {roof.number}
    assert numbers(office, q="漏雨 乙镇") == set()
    assert numbers(office, q="%") == set()


def test_household_names_are_searched_only_where_they_are_read_in_clear(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    here = make.issue(listed, office, household="张三丰", township=at(EAST))
    make.issue(listed, office, household="张三丰", township=at(WEST))
    assert numbers(office, q="张三丰") == set()
    own = HouseholdSight(places=frozenset({at(EAST).pk}))
    found = filtered(Issue.objects.visible_to(office), read(q="张三丰"), sight=own)
    assert list(found.values_list("number", flat=True)) == [here.number]


def test_scope_comes_before_the_filter(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office, township=at(WEST), unit=at(WEST))
    cadre = make.user("cadre", at(EAST))
    assert numbers(cadre, township=WEST) == set()


# --- totals -------------------------------------------------------------------------------------------------


def sums(office: User, **params: str) -> list[Any]:
    wanted = read(campaign="gj2018", **params)
    found = filtered(Issue.objects.visible_to(office), wanted)
    live = totals(found, wanted, choices())
    assert totals(found, wanted, choices(), sees_all=True) == live
    return live


def test_totals_are_kept_apart_by_what_is_counted(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    kind = make.category(gj, "C1", "住房")
    make.issue(listed, office, quantity=130, category=kind, claims=[(30, date(2018, 5, 1))])
    make.issue(listed, office, quantity=7, category=kind, removals=[(2, date(2018, 5, 1))])
    make.issue(listed, office, quantity="60.11", counted_in="万元", category=kind)
    houses, money = sums(office)
    assert (houses.counted_in, houses.items, houses.found, houses.removed) == ("户", 2, 137, 2)
    assert (houses.claimed, houses.left, houses.word) == (30, 105, "户")
    assert (money.counted_in, money.found, money.left) == ("万元", Decimal("60.11"), Decimal("60.11"))


def test_a_sum_over_several_categories_is_worded_as_issues(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office, category=make.category(gj, "C1", "住房"))
    make.issue(listed, office, category=make.category(gj, "C2", "饮水"))
    assert sums(office)[0].word == "个问题"
    assert sums(office, category="C1")[0].word == "户"
    make.issue(listed, office)
    assert sums(office, measure="left")[0].word == "个问题"


def test_the_sum_of_the_measure_is_said_where_it_is_another(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    late = {"deadline_class": "dated", "due_on": date(2018, 5, 31)}
    make.issue(listed, office, quantity=9, claims=[(4, date(2018, 5, 1))], amount="2.5", **late)
    assert sums(office)[0].measured is None
    assert sums(office, measure="overdue")[0].measured == 5
    assert sums(office, measure="amount_left")[0].measured == Decimal("2.5")
    assert sums(office, measure="amount_left")[0].measured_in == "万元"


def test_roll_ups_and_rows_say_the_same_for_every_day_and_branch(gj: Campaign, office: User) -> None:
    first, second = make.issue_list(gj), make.issue_list(gj, "L2", "资金")
    top = make.category(gj, "C1", "住房")
    below = make.category(gj, "C2", "漏雨", parent=top)
    make.issue(first, office, quantity=3, category=top, township=at(EAST), claims=[(2, date(2018, 5, 20))])
    make.issue(first, office, quantity=5, category=below, township=at(WEST), found_on=date(2018, 5, 1))
    make.issue(second, office, quantity="7.25", counted_in="万元", removals=[(1, date(2018, 4, 1))])
    for params in (
        {}, {"category": "C1"}, {"category": "C1!"}, {"category": "-"}, {"list": "L2"}, {"township": EAST},
        {"township": "-"}, {"counted_in": "万元"}, {"basis": "confirmed"}, {"measure": "items"},
    ):  # fmt: skip
        for day in ("2018-01-09", "2018-04-30", "2018-05-20", "2018-06-06"):
            sums(office, as_of=day, **params)
