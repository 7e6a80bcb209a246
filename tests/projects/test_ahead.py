"""先斩后奏: a start without its 下达 waits, its flag keeps the date, and the 下达 lets it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from dashboards.services.verification import verify
from projects.models import Project, RunningAhead
from projects.queries.projects import filtered
from projects.rules import ahead as rules
from projects.rules.ahead import AheadState
from projects.rules.filters import ProjectFilter
from projects.rules.stages import Stage
from projects.services import ahead, progress
from projects.services.ahead import AheadRefused
from projects.services.progress import ProgressRefused
from rectify.lib.measures import EntryFact
from tests import factories as make
from townships.models import Event, Unit, User

MILLION = 1_000_000
EARLY, TODAY = date(2018, 5, 12), date(2018, 6, 6)


def day(number: int) -> date:
    return date(2018, 4, number)


def fact(stage: Stage, quantity: int, on: date) -> EntryFact:
    return EntryFact(stage.value, quantity * MILLION, 0, on)


def test_a_start_enters_part_by_part_as_the_allotments_come_and_never_before_it_was_so() -> None:
    allotted = [fact(Stage.ALLOTTED, 2, day(5)), fact(Stage.ALLOTTED, 3, day(20))]
    assert rules.postings(allotted, 4 * MILLION, day(1)) == [(day(5), 2 * MILLION), (day(20), 2 * MILLION)]
    assert rules.postings(allotted, 4 * MILLION, day(25)) == [(day(25), 4 * MILLION)]
    begun = [*allotted, fact(Stage.STARTED, 5, day(28))]
    assert rules.postings(begun, MILLION, day(1)) == [], "all that is allotted is started by the end"
    assert rules.postings([], MILLION, day(1)) == []


def test_what_an_allotment_covers_is_not_ahead() -> None:
    allotted = [fact(Stage.ALLOTTED, 2, day(5))]
    assert rules.beyond(allotted, 3 * MILLION, day(6)) == MILLION
    assert rules.beyond(allotted, 2 * MILLION, day(5)) == 0
    assert rules.beyond(allotted, 2 * MILLION, day(4)) == 2 * MILLION


def test_the_words_keep_the_date() -> None:
    waits, posted = AheadState.WAITING, AheadState.POSTED
    assert rules.told(EARLY, waits, None) == "2018-05-12已先行动工，尚未下达"
    assert rules.told(EARLY, posted, date(2018, 6, 1)) == "2018-05-12已先行动工，2018-06-01下达后入账，早20天"
    assert rules.told(EARLY, posted, EARLY).endswith("按当日入账")


@pytest.fixture
def office(db: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def road(office: User) -> Project:
    """5公里 arranged on 2018-01-01, nothing allotted, at 甲镇."""
    assert office.unit is not None
    works = make.programme(make.campaign(office.unit), "P1", "道路")
    township = Unit.objects.get(name="甲镇")
    return make.project(works, office, arranged=5, allotted=0, counted_in="公里", township=township)


def note(road: Project, by: User, quantity: int = 3, on: date = EARLY) -> RunningAhead:
    return ahead.note(road, quantity=Decimal(quantity), started_on=on, words="已进场", by=by)


def test_w010_the_start_waits_in_the_ledger_and_the_allotment_lets_it_in(road: Project, office: User) -> None:
    flag = note(road, office)
    road.refresh_from_db()
    assert (road.started, flag.state) == (0, "waiting")
    entered = progress.record(
        road, Stage.ALLOTTED, quantity=Decimal(2), happened_on=date(2018, 6, 1), by=office
    )
    assert [(one.quantity, one.on) for one in entered] == [(2, date(2018, 6, 1))]
    progress.record(road, Stage.ALLOTTED, quantity=Decimal(3), happened_on=date(2018, 5, 1), by=office)
    flag.refresh_from_db()
    road.refresh_from_db()
    assert (road.allotted, road.started) == (5, 3)
    assert (flag.state, flag.posted, flag.started_on) == ("posted", 3, EARLY)
    starts = road.entries.filter(stage="started").values_list("happened_on", "quantity", "cause")
    assert sorted(starts) == [(EARLY, 1, "ahead"), (date(2018, 6, 1), 2, "ahead")]
    assert verify()["ok"]


@pytest.mark.parametrize(
    ("quantity", "on", "words"),
    [
        (6, EARLY, "数量超过安排：安排5公里，还没有动工的只有5。"),
        (0, EARLY, "须大于零"),
        (1, date(2018, 6, 7), "晚于今天"),
        (1, date(2017, 12, 31), "早于项目的安排日期"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(
    road: Project, office: User, quantity: int, on: date, words: str
) -> None:
    with pytest.raises(AheadRefused, match=words):
        note(road, office, quantity, on)
    assert not RunningAhead.objects.exists()


def test_what_is_allotted_is_recorded_as_started_not_as_ahead(road: Project, office: User) -> None:
    progress.record(road, Stage.ALLOTTED, quantity=Decimal(5), happened_on=date(2018, 5, 1), by=office)
    with pytest.raises(AheadRefused, match="已经下达，请直接登记开工"):
        note(road, office)
    with pytest.raises(AheadRefused, match="不能管理项目"):
        note(road, make.user("unit_head", Unit.objects.get(name="甲镇")))


def test_a_wrong_note_is_struck_with_its_reason_and_stays_told(road: Project, office: User) -> None:
    flag = note(road, office)
    with pytest.raises(AheadRefused, match="理由"):
        ahead.strike(flag.pk, words=" ", by=office)
    ahead.strike(flag.pk, words="看错了项目", by=office)
    with pytest.raises(AheadRefused, match="不能再撤销"):
        ahead.strike(flag.pk, words="再撤", by=office)
    assert progress.record(road, Stage.ALLOTTED, quantity=Decimal(5), happened_on=TODAY, by=office) == []
    assert Event.objects.filter(subject_type="project", action="strike_ahead").count() == 1


def test_a_unit_reports_its_start_and_the_page_offers_the_note(
    client: Client, road: Project, office: User
) -> None:
    cadre = make.user("cadre", Unit.objects.get(name="甲镇"))
    client.force_login(cadre)
    address = f"/projects/{road.number}/progress/"
    form = client.get(address).content.decode()
    assert form.count('<div class="field') == 4, "three questions, and a sentence behind a fold"
    assert "下达（" not in form, "a unit reports what it sees on the ground"
    given = {"stage": "started", "quantity": "3", "happened_on": "2018-05-12", "version": str(road.version)}
    refused = client.post(address, given)
    assert refused.status_code == 409
    page = unescape(refused.content.decode())
    assert "开工超过下达，差3" in page
    assert "记为先行动工" in page
    assert client.post(address, {**given, "ahead": "1"}).status_code == 302
    detail = unescape(client.get(f"/projects/{road.number}/").content.decode())
    assert "2018-05-12已先行动工，尚未下达" in detail
    assert client.post(address, {**given, "stage": "allotted"}).status_code == 422
    client.force_login(make.user("cadre", Unit.objects.get(name="乙镇")))
    assert client.get(address).status_code == 404


def test_list_and_desk_find_what_waits_and_what_ever_ran_ahead(
    client: Client, road: Project, office: User
) -> None:
    note(road, office)

    def found(flag: str) -> int:
        return int(filtered(Project.objects.visible_to(office), ProjectFilter(flag=flag)).count())

    assert (found("ahead_waiting"), found("ahead"), found("change_waiting")) == (1, 1, 0)
    client.force_login(office)
    assert "先行动工等下达" in client.get("/").content.decode()
    progress.record(road, Stage.ALLOTTED, quantity=Decimal(5), happened_on=TODAY, by=office)
    assert (found("ahead_waiting"), found("ahead")) == (0, 1)
    assert "先行动工等下达" not in client.get("/").content.decode()


def test_more_started_than_allotted_and_more_paid_than_issued_stay_refused(
    road: Project, office: User
) -> None:
    with pytest.raises(ProgressRefused, match="开工超过下达，差1") as refused:
        progress.record(road, Stage.STARTED, quantity=Decimal(1), happened_on=EARLY, by=office)
    assert refused.value.runs_ahead
    with pytest.raises(ProgressRefused, match="资金拨付超过资金下达，差1"):
        progress.record(road, Stage.PAID, quantity=Decimal(1), happened_on=EARLY, by=office)
