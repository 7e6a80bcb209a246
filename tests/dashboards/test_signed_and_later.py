"""What is recorded after a bulletin was signed: its lists stay what they were, the next one says where the
figures are others now, and a correction lists every figure that is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dashboards.models import Bulletin
from dashboards.rules.bulletin_sections import Choice, sections
from dashboards.rules.bulletin_templates import Part
from dashboards.rules.bulletins import BulletinKind, Period
from dashboards.rules.snapshots import Snapshot
from dashboards.rules.tallies import TallyQuery
from dashboards.services.bulletins import drafting, editing, printing
from dashboards.services.bulletins.composing import composed
from dashboards.services.tallies import tally
from issues.models import Issue
from issues.queries import sums
from issues.services import ledger, moves
from issues.services.life import reports
from rectify.lib import clock
from tests import factories as make
from tests.dashboards.bulletins import MAY, County, a_county
from tests.dashboards.worlds import sum_of
from townships.models import Unit

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
FIRST_TEN = Period(date(2018, 5, 1), date(2018, 5, 10))
SECOND_TEN = Period(date(2018, 5, 11), date(2018, 5, 20))
SPECIAL, TEN_DAYS = BulletinKind.SPECIAL, BulletinKind.TEN_DAYS
LATER = (
    "上期通报（整通报〔2018〕1号）按户统计的问题上报整改36个，其后补录、更正为41个；"
    "未整改44个，其后补录、更正为39个。"
)


@pytest.fixture
def county(on_day: OnDay, settings: Any, tmp_path: Path) -> County:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    return a_county()


def claimed_later(county: County, quantity: int = 5, day: date = date(2018, 5, 10)) -> None:
    issue = Issue.objects.get(township=county.place(2))
    move = ledger.Move("claimed", Decimal(quantity), day)
    ledger.post(item_id=issue.pk, moves=[move], by=county.office, cause="report")


def changes(bulletin: Bulletin) -> str:
    told = {one.part: one.sentences for one in composed(bulletin).sections}
    return next(text for text in told[Part.OVERALL] if "相比" in text)


# --- 较上期 -------------------------------------------------------------------------------------------------


def test_what_was_signed_of_the_day_before_stands_beside_what_is_known_of_it_now(county: County) -> None:
    county.signed(county.draft(TEN_DAYS, FIRST_TEN))
    claimed_later(county)
    draft = county.draft(TEN_DAYS, SECOND_TEN)
    assert changes(draft) == (f"与2018年5月10日相比，按个统计的问题没有变化；按户统计的问题没有变化。{LATER}")
    assert draft.snapshot["signed_before"] == {
        "number": "整通报〔2018〕1号",
        "totals": {
            "个": {"total": "3", "claimed": "0", "confirmed": "0", "left": "3"},
            "户": {"total": "80", "claimed": "36", "confirmed": "0", "left": "44"},
        },
    }
    signed = county.signed(draft)
    assert changes(signed).endswith(LATER)


def test_what_was_entered_as_new_that_nobody_had_signed_is_told_from_nothing(county: County) -> None:
    county.signed(county.draft(TEN_DAYS, FIRST_TEN))
    make.issue(
        county.listed, county.office, quantity=5, counted_in="万元", found_on=date(2018, 5, 2),
        claims=[(2, date(2018, 5, 3))],
    )  # fmt: skip
    assert changes(county.draft(TEN_DAYS, SECOND_TEN)).endswith(
        "上期通报（整通报〔2018〕1号）涉及资金应整改0万元，其后补录、更正为5万元；"
        "上报整改0万元，其后补录、更正为2万元；未整改0万元，其后补录、更正为3万元。"
    )


def test_where_nothing_changed_since_nothing_is_said(county: County) -> None:
    county.signed(county.draft(TEN_DAYS, FIRST_TEN))
    claimed_later(county, day=date(2018, 5, 15))
    draft = county.draft(TEN_DAYS, SECOND_TEN)
    assert draft.snapshot["signed_before"]["number"] == "整通报〔2018〕1号"
    assert "上报整改增加5个" in changes(draft)
    assert "上期通报" not in changes(draft)


def test_a_correction_is_what_was_signed_last(county: County) -> None:
    old = county.signed(county.draft(TEN_DAYS, FIRST_TEN))
    claimed_later(county)
    county.signed(drafting.correct(old.pk, "漏登5户", by=county.office))
    draft = county.draft(TEN_DAYS, SECOND_TEN)
    assert draft.snapshot["signed_before"]["number"] == "整通报〔2018〕2号"
    assert "上期通报" not in changes(draft)


def test_only_a_signed_whole_bulletin_of_that_very_day_and_basis_is_compared_with(county: County) -> None:
    county.signed(county.draft(TEN_DAYS, FIRST_TEN, basis="confirmed"))
    county.signed(county.draft(SPECIAL, FIRST_TEN, topic="房屋", narrowed={"list": "L1"}))
    county.signed(county.draft(BulletinKind.WEEKLY, Period(date(2018, 4, 30), date(2018, 5, 6))))
    county.draft(SPECIAL, FIRST_TEN, topic="没有签发")
    claimed_later(county)
    assert "signed_before" not in county.draft(TEN_DAYS, SECOND_TEN).snapshot
    county.signed(county.draft(SPECIAL, FIRST_TEN, topic="全县"))
    narrowed = county.draft(SPECIAL, SECOND_TEN, topic="房屋", narrowed={"list": "L1"})
    assert "signed_before" not in narrowed.snapshot
    assert "signed_before" in county.draft(SPECIAL, SECOND_TEN, topic="全县").snapshot


def test_a_snapshot_from_before_is_printed_as_it_was(county: County) -> None:
    county.signed(county.draft(TEN_DAYS, FIRST_TEN))
    draft = county.draft(TEN_DAYS, SECOND_TEN)
    chosen = Choice([part.value for part in Part], ["户"])
    now = sections(Snapshot(draft.snapshot), chosen)
    before = {name: value for name, value in draft.snapshot.items() if name != "signed_before"}
    assert sections(Snapshot(before), chosen) == now
    claimed_later(county)
    later = editing.refresh(draft.pk, by=county.office)
    later.snapshot.pop("signed_before")
    assert "上期通报" not in changes(later)
    assert printing.printed(later, "docx", made_at=later.updated_at)


def test_what_was_removed_stands_among_the_changes(county: County) -> None:
    make.issue(county.listed, county.office, quantity=9, removals=[(4, date(2018, 5, 15))])
    assert "按户统计的问题调出增加4个，未整改减少4个" in changes(county.draft(TEN_DAYS, SECOND_TEN))


# --- 更正 ---------------------------------------------------------------------------------------------------


def test_a_correction_lists_kinds_departments_programmes_and_what_has_no_date(county: County) -> None:
    works = make.programme(county.campaign, "P1", "饮水工程")
    make.project(works, county.office, arranged=3, township=county.place(1))
    old = county.signed()
    kind = Issue.objects.filter(township=county.place(2)).get().category
    for at, more in (
        (2, {"is_stated": False, "deadline_class": "undetermined"}),
        (3, {"deadline_class": "dated", "deadline_confirmed": False, "due_on": date(2018, 4, 1)}),
    ):
        make.issue(
            county.listed, county.office, quantity=5, found_on=date(2018, 5, 2), category=kind,
            township=county.place(at), **more,
        )  # fmt: skip
    make.project(works, county.office, arranged=2, arranged_on=date(2018, 5, 3), township=county.place(1))
    said = composed(drafting.correct(old.pk, "漏登10户", by=county.office)).facts.correction
    for line in (
        "按户统计，合计应整改由80更正为90，未整改由44更正为54，未报情况由0更正为5，"
        "时限未定由0更正为5，时限待确认由0更正为5",
        "按户统计，乙镇应整改由10更正为15，未整改由8更正为13，未报情况由0更正为5，时限未定由0更正为5",
        "按户统计，丙镇应整改由10更正为15，未整改由7更正为12，时限待确认由0更正为5",
        "按户统计，超面积应整改由40更正为50",
        "按户统计，某县住建局应整改由80更正为90",
        "按个统计，甲镇安排由3更正为5",
        "按个统计，饮水工程安排由3更正为5",
    ):
        assert line in said, line
    assert said.count("合计") == 2
    assert "未拆除" not in said
    assert "丁镇" not in said


# --- as known at an instant ---------------------------------------------------------------------------------


def unstated(as_of: date, known_at: datetime | None) -> Decimal:
    """By the tally and, alike, by the list behind it."""
    (block,) = tally(TallyQuery(as_of=as_of, known_at=known_at))["blocks"]
    found = Decimal(block["total"]["unstated"])
    listed = sums.annotate_as_of(Issue.objects.all(), as_of, known_at).values_list("unstated_at", flat=True)
    assert sum(listed, Decimal(0)) == found
    return found


@pytest.fixture
def silent(on_day: OnDay) -> Issue:
    """5 户 of 甲镇, of which nobody said anything by 6月6日."""
    on_day("2018-06-06")
    campaign = make.campaign(make.county())
    town = Unit.objects.get(code="990001101")
    office = make.user("office", campaign.unit)
    made = make.issue(
        make.issue_list(campaign), office, quantity=5, is_stated=False, township=town, unit=town,
        state="rectifying",
    )  # fmt: skip
    make.responsible(made, town)
    return made


@pytest.mark.parametrize("quantity", [0, 2])
def test_what_was_told_later_of_an_earlier_day_was_not_known(
    silent: Issue, on_day: OnDay, quantity: int
) -> None:
    """A report of 0 is a word without a line in the ledger; of 2 it is a claim."""
    known_at = clock.now()
    on_day("2018-06-08")
    assert silent.unit is not None
    reports.submit(
        make.user("cadre", silent.unit), silent.number, client_id=uuid4(), quantity=Decimal(quantity),
        happened_on=date(2018, 5, 20), narrative="已逐户走访",
    )  # fmt: skip
    assert unstated(MAY.last, known_at) == 5
    assert unstated(MAY.last, None) == unstated(MAY.last, clock.now()) == 0
    assert unstated(date(2018, 5, 19), None) == 5


def test_what_had_been_said_before_stays_said(silent: Issue, on_day: OnDay) -> None:
    by = make.user("office", silent.campaign.unit)

    def claim(day: date) -> None:
        ledger.post(item_id=silent.pk, moves=[ledger.Move("claimed", Decimal(1), day)], by=by, cause="report")

    claim(date(2018, 5, 20))
    known_at = clock.now()
    on_day("2018-06-08")
    claim(date(2018, 5, 10))
    assert unstated(MAY.last, known_at) == 0
    assert unstated(date(2018, 5, 15), known_at) == 5
    assert unstated(date(2018, 5, 15), None) == 0


def test_what_its_own_unit_registered_was_said_with_it(silent: Issue, on_day: OnDay) -> None:
    """It claims later that the work was done on the day it found the problem."""
    Issue.objects.filter(pk=silent.pk).update(reported_by=silent.unit)
    silent.refresh_from_db()
    moves.say(silent, said_on=silent.found_on)
    known_at = clock.now()
    on_day("2018-06-08")
    by = make.user("office", silent.campaign.unit)
    move = ledger.Move("claimed", Decimal(1), silent.found_on)
    ledger.post(item_id=silent.pk, moves=[move], by=by, cause="report")
    assert unstated(MAY.last, known_at) == unstated(MAY.last, None) == 0


def test_the_lists_behind_a_bulletin_stay_what_they_were(county: County, on_day: OnDay) -> None:
    late = make.issue(county.listed, county.office, quantity=5, is_stated=False, township=county.place(1))
    bulletin = county.draft()
    (block,) = (one for one in bulletin.snapshot["issues"]["township"]["blocks"] if one["counted_in"] == "户")
    row = next(one for one in block["rows"] if one["township"] == "甲镇")
    assert row["unstated"] == "5"
    on_day("2018-06-08")
    move = ledger.Move("claimed", Decimal(1), date(2018, 5, 20))
    ledger.post(item_id=late.pk, moves=[move], by=county.office, cause="report")
    assert sum_of(f"{row['proof']}&measure=unstated", county.office) == 5
