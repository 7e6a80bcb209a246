"""A project by hand: one leader, one person, a place; what was decided or issued is not changed without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from dashboards.services.verification import verify
from projects.models import Campaign, Programme, Project
from projects.rules.changes import ChangeKind
from projects.rules.registering import TEXTS, Typed, refusal
from projects.rules.stages import Stage
from projects.services import changes, programmes, progress, registering
from projects.services.registering import RegisterRefused, Where
from tests import factories as make
from townships.models import Event, Unit, User

ARRANGED = date(2018, 3, 1)


def typed(**more: Any) -> Typed:
    texts = {**dict.fromkeys(TEXTS, ""), "name": "甲一村蓄水池", "leader": "姚某", "person": "江某"}
    texts |= {name: more.pop(name) for name in list(more) if name in TEXTS}
    given: dict[str, Any] = {
        "counted_in": "座", "arranged": Decimal(3), "investment": Decimal(36), "due": Decimal(30),
        "start_due_on": date(2018, 3, 31), "finish_due_on": date(2018, 7, 31),
    }  # fmt: skip
    return Typed(texts=texts, **{**given, **more})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": " "}, "请写明项目名称"),
        ({"leader": ""}, "请写明责任领导"),
        ({"leader": "姚某、李某"}, "责任领导只能写一人"),
        ({"person": "江某 白某某"}, "责任人只能写一人"),
        ({"arranged": Decimal(0)}, "数量应大于零"),
        ({"investment": Decimal(-1)}, "投资不能小于零"),
        ({"due": Decimal("0.0000001")}, "最多六位小数"),
        ({"counted_in": ""}, "请写明计量单位"),
        ({"finish_due_on": date(2018, 3, 1)}, "完工期限2018-03-01早于动工期限2018-03-31"),
        ({"content": "长" * 20_001}, "建设内容最长20000个字"),
    ],
)
def test_w078_what_a_project_must_say(more: dict[str, Any], words: str) -> None:
    assert words in refusal(typed(**more), has_township=True, has_village=True)


def test_w079_without_a_village_or_a_site_it_is_rejected() -> None:
    assert "村（社区）" in refusal(typed(), has_township=True, has_village=False)
    assert "乡镇" in refusal(typed(place="王家湾"), has_township=False, has_village=False)
    assert refusal(typed(place="王家湾"), has_township=True, has_village=False) == ""


@pytest.fixture
def office(db: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def campaign(office: User) -> Campaign:
    assert office.unit is not None
    return make.campaign(office.unit)


@pytest.fixture
def water(campaign: Campaign) -> Programme:
    return make.programme(campaign, "P1", "饮水")


def where(programme: Programme) -> Where:
    village = Unit.objects.get(name="甲一村")
    return Where(programme, village.parent, village, Unit.objects.get(code="D-A"))


@pytest.fixture
def pool(campaign: Campaign, water: Programme, office: User) -> Project:
    return registering.register(campaign, typed(), where(water), arranged_on=ARRANGED, by=office)


def test_a_project_is_registered_with_its_entries_and_found_by_its_words(pool: Project, office: User) -> None:
    entries = set(pool.entries.values_list("stage", "quantity", "amount", "happened_on", "cause"))
    assert entries == {
        ("arranged", 3, None, ARRANGED, "registration"),
        ("due", 0, 30, ARRANGED, "registration"),
    }
    assert (pool.arranged, pool.allotted, pool.due, pool.finish_class) == (3, 0, 30, "dated")
    assert "甲一村蓄水池" in pool.search_text
    assert Event.objects.filter(action="register_project").count() == 1
    assert verify()["ok"]


def test_without_an_allotment_step_what_is_arranged_is_allotted_the_same_day(
    campaign: Campaign, water: Programme, office: User
) -> None:
    Programme.objects.filter(pk=water.pk).update(has_allotment=False)
    water.refresh_from_db()
    made = registering.register(campaign, typed(), where(water), arranged_on=ARRANGED, by=office)
    assert made.entries.get(stage="allotted").happened_on == ARRANGED
    asked = changes.ask(
        made, ChangeKind.CONTENT, wanted={"content": "", "arranged": Decimal(5), "investment": Decimal(36),
        "due": Decimal(30)}, reason="增加", by=office,
    )  # fmt: skip
    second = make.user("leader", office.unit)
    changes.approve(asked.pk, meeting="第5次会议", met_on=date(2018, 6, 1), words="", by=second)
    made.refresh_from_db()
    assert (made.arranged, made.allotted) == (5, 5)


def test_into_a_closed_programme_or_from_another_campaign_nothing_is_registered(
    campaign: Campaign, water: Programme, office: User
) -> None:
    programmes.close(water.pk, on=date(2018, 6, 1), by=office)
    water.refresh_from_db()
    with pytest.raises(RegisterRefused, match="已于2018-06-01关闭，不再登记新项目"):
        registering.register(campaign, typed(), where(water), arranged_on=ARRANGED, by=office)
    other = make.programme(make.campaign(campaign.unit, "b"), "P1", "饮水")
    with pytest.raises(RegisterRefused, match="不属于本项工作"):
        registering.register(campaign, typed(), where(other), arranged_on=ARRANGED, by=office)
    with pytest.raises(RegisterRefused, match="不能管理项目"):
        registering.register(
            campaign, typed(), where(other), arranged_on=ARRANGED, by=make.user("cadre", campaign.unit)
        )


def test_w078_another_leader_replaces_the_first_who_stays_on_record(
    client: Client, pool: Project, water: Programme, office: User
) -> None:
    assert registering.edit(pool, typed(leader="李某"), where(water), by=office) == ["责任领导"]
    change = pool.field_changes.get()
    assert (change.field, change.before, change.after) == ("leader", "姚某", "李某")
    client.force_login(office)
    assert "责任领导由“姚某”改为“李某”" in unescape(client.get(f"/projects/{pool.number}/").content.decode())
    pool.refresh_from_db()
    with pytest.raises(RegisterRefused, match="和现在一样"):
        registering.edit(pool, typed(leader="李某"), where(water), by=office)
    with pytest.raises(RegisterRefused, match="有了新的内容"):
        registering.edit(pool, typed(), where(water), by=office, version=1)


def test_before_it_is_issued_quantity_money_and_place_may_be_corrected_through_the_ledger(
    pool: Project, water: Programme, office: User
) -> None:
    village = Unit.objects.get(name="乙二村")
    to = replace(where(water), township=village.parent, village=village)
    said = registering.edit(pool, typed(arranged=Decimal(2), due=Decimal(20), counted_in="口"), to, by=office)
    assert set(said) == {"安排数量", "应下达资金", "计量单位", "乡镇", "村（社区）"}
    pool.refresh_from_db()
    assert (pool.arranged, pool.due, pool.counted_in, pool.township) == (2, 20, "口", village.parent)
    assert verify()["ok"]


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({"investment": Decimal(40)}, "投资"),
        ({"arranged": Decimal(4)}, "安排数量"),
        ({"due": Decimal(40)}, "应下达资金"),
        ({"counted_in": "口"}, "计量单位"),
        ({"leader": "李某", "standard": ""}, ""),
    ],
)
def test_w015_once_issued_they_move_by_a_decision_alone(
    pool: Project, water: Programme, office: User, more: dict[str, Any], label: str
) -> None:
    progress.record(pool, Stage.ALLOTTED, quantity=Decimal(1), happened_on=date(2018, 4, 1), by=office)
    if not label:
        assert registering.edit(pool, typed(**more), where(water), by=office) == ["责任领导"]
        return
    with pytest.raises(RegisterRefused, match=f"{label}不能直接改：项目已下达，须经变更申请改动"):
        registering.edit(pool, typed(**more), where(water), by=office)
    pool.refresh_from_db()
    assert (pool.investment, pool.arranged, pool.due, pool.counted_in) == (36, 3, 30, "座")


def test_w015_while_a_request_waits_and_after_a_decision_the_values_are_guarded(
    pool: Project, water: Programme, office: User
) -> None:
    asked = changes.ask(
        pool, ChangeKind.MONEY, wanted={"investment": Decimal(50), "due": Decimal(30)}, reason="涨价", by=office
    )  # fmt: skip
    with pytest.raises(RegisterRefused, match="有变更申请在等决定"):
        registering.edit(pool, typed(content="两座"), where(water), by=office)
    second = make.user("leader", office.unit)
    changes.approve(asked.pk, meeting="第5次会议", met_on=date(2018, 6, 1), words="", by=second)
    with pytest.raises(RegisterRefused, match="投资不能直接改：领导小组已作过决定"):
        registering.edit(pool, typed(), where(water), by=office)
    said = registering.edit(pool, typed(investment=Decimal(50), content="两座"), where(water), by=office)
    assert said == ["建设内容"]


def test_a_mistake_is_taken_back_while_nothing_was_done_with_it(pool: Project, office: User) -> None:
    with pytest.raises(RegisterRefused, match="理由"):
        registering.take_back(pool, words="", by=office)
    registering.take_back(pool, words="重复登记", by=office)
    assert not Project.objects.visible_to(office).exists()
    assert verify()["ok"]


def test_what_has_begun_is_not_taken_back(pool: Project, office: User) -> None:
    progress.record(pool, Stage.ALLOTTED, quantity=Decimal(1), happened_on=date(2018, 4, 1), by=office)
    with pytest.raises(RegisterRefused, match="已登记过下达"):
        registering.take_back(pool, words="重复", by=office)


def test_the_forms_register_and_correct_and_show_what_is_guarded(
    client: Client, water: Programme, office: User
) -> None:
    client.force_login(office)
    given = {
        "programme": str(water.pk), "name": "甲一村蓄水池", "unit": "甲一村", "arranged": "3", "counted_in": "座",
        "arranged_on": "2018-03-01", "investment": "36", "leader": "姚某 13890912345", "person": "江某",
    }  # fmt: skip
    assert client.post("/projects/new/", {**given, "leader": ""}).status_code == 422
    assert client.post("/projects/new/", given).status_code == 302
    made = Project.objects.get()
    assert (made.township, made.village) == (Unit.objects.get(name="甲镇"), Unit.objects.get(name="甲一村"))
    progress.record(made, Stage.ALLOTTED, quantity=Decimal(3), happened_on=date(2018, 4, 1), by=office)
    page = unescape(client.get(f"/projects/{made.number}/edit/").content.decode())
    assert "项目已下达，须经变更申请改动" in page
    assert 'name="arranged"' not in page
    assert "138****2345" in page
    assert "13890912345" not in page
    edited = {
        "programme": str(water.pk),
        "name": "甲一村水池",
        "leader": "姚某 138****2345",
        "person": "江某",
    }
    assert client.post(f"/projects/{made.number}/edit/", edited).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.leader, made.arranged) == ("甲一村水池", "姚某 13890912345", 3)
