"""Bulletins without a database: periods, the table of verbs, rankings by the printed rule, typed figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboards.rules.bulletin_figures import unknown_figures
from dashboards.rules.bulletin_grids import Grid
from dashboards.rules.bulletin_sections import Section
from dashboards.rules.bulletin_templates import TEMPLATES, Part
from dashboards.rules.bulletins import (
    BulletinKind,
    BulletinState,
    BulletinVerb,
    Period,
    Standing,
    frozen_refusal,
    last_over,
    period_name,
    period_of,
    period_refusal,
    refusal,
)
from dashboards.rules.ranking import Placed, ends, places, ranking, rule_text
from dashboards.rules.snapshots import change, moved
from dashboards.rules.tables import Number

K, S, V = BulletinKind, BulletinState, BulletinVerb


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "name"),
    [
        (K.WEEKLY, date(2018, 6, 2), date(2018, 5, 28), date(2018, 6, 3), "2018年5月28日—6月3日"),
        (K.TEN_DAYS, date(2018, 5, 10), date(2018, 5, 1), date(2018, 5, 10), "2018年5月上旬"),
        (K.TEN_DAYS, date(2018, 5, 11), date(2018, 5, 11), date(2018, 5, 20), "2018年5月中旬"),
        (K.TEN_DAYS, date(2018, 5, 31), date(2018, 5, 21), date(2018, 5, 31), "2018年5月下旬"),
        (K.MONTHLY, date(2018, 2, 5), date(2018, 2, 1), date(2018, 2, 28), "2018年2月"),
        (K.QUARTERLY, date(2018, 5, 5), date(2018, 4, 1), date(2018, 6, 30), "2018年第二季度"),
        (K.QUARTERLY, date(2018, 12, 5), date(2018, 10, 1), date(2018, 12, 31), "2018年第四季度"),
        (K.HALF_YEAR, date(2018, 7, 1), date(2018, 7, 1), date(2018, 12, 31), "2018年下半年"),
        (K.YEARLY, date(2018, 7, 1), date(2018, 1, 1), date(2018, 12, 31), "2018年"),
    ],
)
def test_each_kind_has_the_period_of_its_calendar(
    kind: BulletinKind, day: date, first: date, last: date, name: str
) -> None:
    """W-088: 旬 of May 2018 are 1–10, 11–20, 21–31; W-090: quarter, half year, year."""
    assert period_of(kind, day) == Period(first, last)
    assert period_name(kind, Period(first, last)) == name


def test_a_special_bulletin_has_days_of_its_own() -> None:
    with pytest.raises(ValueError, match="its own period"):
        period_of(K.SPECIAL, date(2018, 5, 1))
    assert period_name(K.SPECIAL, Period(date(2018, 5, 3), date(2018, 5, 8))) == "2018年5月3日—8日"


def test_the_newest_period_that_is_over_is_offered() -> None:
    assert last_over(K.MONTHLY, date(2018, 6, 6)).last == date(2018, 5, 31)
    assert last_over(K.MONTHLY, date(2018, 6, 30)).last == date(2018, 6, 30)


def test_a_period_that_is_not_over_and_one_that_is_frozen_are_refused() -> None:
    may = Period(date(2018, 5, 1), date(2018, 5, 31))
    assert period_refusal(K.MONTHLY, may, date(2018, 5, 31)) == ""
    assert period_refusal(K.MONTHLY, may, date(2018, 5, 30)) == (
        "2018年5月到5月31日才结束，到那天才能编制月通报。"
    )
    assert "不能再编" in frozen_refusal(K.MONTHLY, may, "整通报〔2018〕3号")
    assert "整通报〔2018〕3号" in frozen_refusal(K.MONTHLY, may, "整通报〔2018〕3号")
    assert frozen_refusal(K.MONTHLY, may, "") == "2018年5月的月通报已有一份在办，请在那份上修改。"


def test_the_table_says_what_may_be_done_when() -> None:
    assert refusal(V.EDIT, Standing(S.DRAFT)) == ""
    assert "签发定稿" in refusal(V.EDIT, Standing(S.SIGNED))
    assert refusal(V.SIGN, Standing(S.DRAFT)) == "这份通报现在是“草稿”，不能签发。"
    assert refusal(V.SIGN, Standing(S.PENDING)) == ""
    assert refusal(V.SIGN, Standing(S.PENDING, is_author=True)) == (
        "起草人不能签发自己起草的通报，请由另一位领导办理。"
    )
    assert refusal(V.CORRECT, Standing(S.SIGNED)) == ""
    assert "已由整通报〔2018〕5号更正" in refusal(
        V.CORRECT, Standing(S.SIGNED, correction="整通报〔2018〕5号")
    )


def row(name: str, total: int, claimed: int, removed: int = 0, confirmed: int = 0) -> dict[str, Any]:
    told = {"total": total, "removed": removed, "claimed": claimed, "confirmed": confirmed}
    return {"township": name, "township_code": name, **{code: str(value) for code, value in told.items()}}


def test_units_stand_by_rate_then_by_what_is_left_and_ties_share_a_place() -> None:
    """W-040: the tie has a rule, so that the same figures always give the same places."""
    rows = [row("甲", 10, 5), row("乙", 10, 5), row("丙", 20, 10), row("丁", 10, 9), row("戊", 10, 1)]
    placed = ranking(rows, "township", "claimed")
    assert [(one.name, one.place) for one in placed] == [
        ("丁", 1),
        ("乙", 2),
        ("甲", 2),
        ("丙", 4),
        ("戊", 5),
    ]
    assert places(placed)["丙"] == 4


def test_rates_are_compared_as_they_are_not_as_they_are_printed() -> None:
    placed = ranking([row("甲", 3000, 1000), row("乙", 3001, 1000)], "township", "claimed")
    assert [one.rate for one in placed] == ["33.3%", "33.3%"]
    assert [one.place for one in placed] == [1, 2]


def test_who_has_nothing_due_stands_nowhere_and_what_belongs_to_nobody_too() -> None:
    rows = [row("甲", 4, 0, removed=4), row("乙", 4, 1), {**row("", 9, 9), "township_code": None}]
    placed = ranking(rows, "township", "claimed")
    assert [(one.name, one.place, one.rate) for one in placed] == [("乙", 1, "25.0%"), ("甲", None, "0.0%")]


def test_the_order_follows_from_the_rate_that_is_printed() -> None:
    """调出不从分母中减去, as the registry says; who has nothing left is not named as last for it."""
    placed = stood_removed()
    assert [(one.name, one.rate, one.left) for one in placed[-1:]] == [("镇6", "10.0%", 0)]
    assert "镇6" not in [one.name for one in ends(placed)[1]]


def stood_removed() -> list[Placed]:
    rows = [row(f"镇{at}", 10, 8 - at) for at in range(6)]
    return ranking([*rows, row("镇6", 10, 1, removed=9)], "township", "claimed")


def test_the_basis_decides_what_is_done() -> None:
    rows = [row("甲", 10, 9, confirmed=0), row("乙", 10, 1, confirmed=1)]
    assert [one.name for one in ranking(rows, "township", "confirmed")] == ["乙", "甲"]
    assert "核实完成率" in rule_text("confirmed")


def stood(*pairs: tuple[int, int]) -> list[Placed]:
    rows = [row(f"镇{at}", total, done) for at, (total, done) in enumerate(pairs)]
    return ranking(rows, "township", "claimed")


def test_the_last_three_are_named_with_all_that_tie_and_never_who_has_finished() -> None:
    """W-040: ten units, a tie at the eighth place: always the same four."""
    placed = stood(*((10, 10 - at) for at in range(7)), (10, 2), (10, 2), (10, 2), (10, 1))
    best, worst = ends(placed)
    assert [one.name for one in best] == ["镇0", "镇1", "镇2"]
    assert [one.name for one in worst] == ["镇10", "镇9", "镇8", "镇7"]
    finished = stood(*((10, 10) for _ in range(9)))
    assert ends(finished) == ([], [])


def test_few_units_are_not_held_up_against_each_other() -> None:
    assert ends(stood((10, 1), (10, 2), (10, 3), (10, 4), (10, 5), (10, 6))) == ([], [])


def test_who_did_nothing_is_not_named_as_best() -> None:
    best, worst = ends(stood((10, 3), *((10, 0) for _ in range(7))))
    assert [one.name for one in best] == ["镇0"]
    assert len(worst) == 7


def test_changes_and_moves_have_words() -> None:
    assert change({"left": "10"}, {"left": "13"}, "left").text == "−3"
    assert change({"left": "10.5"}, {"left": "10"}, "left").text == "+0.5"
    assert change({"left": "10"}, {"left": "10"}, "left").text == "持平"
    assert change({"left": "10"}, None, "left").text == "—"
    assert [moved(2, 5), moved(5, 2), moved(3, 3), moved(3, None)] == ["升3", "降3", "持平", "—"]


def test_a_typed_figure_that_the_snapshot_does_not_know_is_pointed_out() -> None:
    grid = Grid("表", ("甲",), ((Number("873"), Number("69.9%")),), (20.0,))
    known = [Section(Part.OVERALL, sentences=("还有141户。",), grids=(grid,))]
    typed = ["截至2018年5月31日，全县873户，占69.9%，141户未拆，另有88户；抓好3件事，6月10日前完成。"]
    assert unknown_figures(typed, known) == ["88"]


def test_every_kind_has_a_template_whose_parts_are_in_order() -> None:
    assert set(TEMPLATES) == set(BulletinKind)
    for template in TEMPLATES.values():
        assert list(template.parts) == [part for part in Part if part in template.parts]
        assert template.title.format(period="2018年5月", subject="攻坚行动")
