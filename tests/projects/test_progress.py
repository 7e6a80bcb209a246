"""A step recorded by hand with its date: the ledger's order refuses in words; late work stays visible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from projects.models import Project
from projects.rules.progress import done_on, timing
from projects.rules.stages import Stage
from projects.services import progress
from projects.services.progress import ProgressRefused
from tests import factories as make
from townships.models import Event, User

DUE = date(2018, 3, 31)


@pytest.fixture
def office(db: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def house(office: User) -> Project:
    """5 户 arranged on 2018-01-01, 4 allotted; to be begun by 2018-03-31, finished by 2018-07-31."""
    assert office.unit is not None
    return make.project(
        make.programme(make.campaign(office.unit), "P1", "危改"), office, arranged=5, allotted=4,
        counted_in="户", start_due_on=DUE, finish_due_on=date(2018, 7, 31),
    )  # fmt: skip


def page(client: Client, user: User, project: Project) -> str:
    client.force_login(user)
    return unescape(client.get(f"/projects/{project.number}/").content.decode())


@pytest.mark.parametrize(
    ("on", "words"),
    [(DUE, ""), (date(2018, 4, 1), "未按期动工，逾期1天"), (date(2018, 6, 6), "未按期动工，逾期67天")],
)
def test_w013_a_start_is_late_from_the_day_after_its_date(on: date, words: str) -> None:
    assert timing("动工", DUE, None, on) == words
    assert timing("完工", date(2018, 7, 31), None, on) == ""


def test_w014_late_work_stays_late_after_it_is_done() -> None:
    assert timing("动工", DUE, date(2018, 4, 10), date(2018, 6, 6)) == "2018年4月10日动工，逾期10天办结"
    assert timing("动工", DUE, DUE, date(2018, 6, 6)).endswith("按期办结")
    assert timing("动工", None, DUE, date(2018, 6, 6)) == "2018年3月31日动工"


def test_a_step_is_done_on_the_day_its_whole_is_reached_for_good() -> None:
    days = [date(2018, 4, day) for day in (1, 2, 3, 4)]
    moves = [Decimal(3), Decimal(2), Decimal(-1), Decimal(1)]
    assert done_on(zip(days, moves, strict=True), Decimal(5)) == days[3]
    assert done_on([(days[0], Decimal(4))], Decimal(5)) is None
    assert done_on([], Decimal(0)) is None


@pytest.mark.parametrize(
    ("stage", "quantity", "day", "words"),
    [
        (Stage.STARTED, "5", date(2018, 4, 10), "开工超过下达，差1"),
        (Stage.ALLOTTED, "2", date(2018, 4, 10), "下达超过安排，差1"),
        (Stage.COMPLETED, "1", date(2018, 4, 10), "完工超过开工，差1"),
        (Stage.PAID, "3", date(2018, 4, 10), "资金拨付超过资金下达，差3"),
        (Stage.STARTED, "1", date(2018, 6, 7), "晚于今天"),
        (Stage.STARTED, "1", date(2017, 12, 31), "早于列入日期"),
        (Stage.STARTED, "0", date(2018, 4, 10), "须大于零"),
        (Stage.ARRANGED, "1", date(2018, 4, 10), "安排只能由变更申请改动"),
        (Stage.DUE, "1", date(2018, 4, 10), "应下达资金只能由变更申请改动"),
    ],
)
def test_what_is_out_of_order_is_refused_in_words(
    house: Project, office: User, stage: Stage, quantity: str, day: date, words: str
) -> None:
    with pytest.raises(ProgressRefused, match=words):
        progress.record(house, stage, quantity=Decimal(quantity), happened_on=day, by=office)
    assert house.entries.count() == 2
    assert Project.objects.get().version == house.version
    assert not Event.objects.filter(action="record_progress").exists()


def test_steps_are_recorded_on_their_days_and_shown_late(
    client: Client, house: Project, office: User
) -> None:
    assert "未按期动工，逾期67天" in page(client, office, house)
    address = f"/projects/{house.number}/progress/"
    steps = [
        ("allotted", "1", "2018-04-09"),
        ("started", "5", "2018-04-10"),
        ("funded", "12.5", "2018-04-10"),
        ("paid", "2", "2018-05-01"),
    ]
    for stage, quantity, day in steps:
        given = {"stage": stage, "quantity": quantity, "happened_on": day}
        assert client.post(address, given).status_code == 302
    read = page(client, office, house)
    assert "2018年4月10日动工，逾期10天办结" in read
    assert "未按期完工" not in read
    assert "2018年4月10日，进展上报：开工5户（补录）" in read
    house.refresh_from_db()
    assert (house.allotted, house.started, house.funded, house.paid) == (5, 5, Decimal("12.5"), 2)
    assert Event.objects.filter(action="record_progress").count() == 4


def test_a_refused_step_keeps_what_was_typed(client: Client, house: Project, office: User) -> None:
    client.force_login(office)
    address = f"/projects/{house.number}/progress/"
    typed = {"stage": "started", "quantity": "5", "happened_on": "2018-04-10"}
    answer = client.post(address, typed)
    assert answer.status_code == 409
    for words in ("开工超过下达，差1", 'value="5"', 'value="2018-04-10"'):
        assert words in unescape(answer.content.decode())
    for bad in (
        {},
        {**typed, "stage": "arranged"},
        {**typed, "quantity": "-1"},
        {**typed, "happened_on": "x"},
    ):
        assert client.post(address, bad).status_code == 422
    stale = client.post(address, {**typed, "quantity": "1", "version": "99"})
    assert stale.status_code == 409
    assert "有了新的内容" in stale.content.decode()
    cadre = make.user("leader", office.unit)
    client.force_login(cadre)
    assert client.post(address, typed).status_code == 403
    assert house.entries.count() == 2
