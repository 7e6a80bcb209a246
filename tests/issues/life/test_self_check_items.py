"""自查项目: every unit goes through the template's items before its head signs (W-045)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import IssueList, ListTemplate, Part
from issues.queries import parts as part_queries
from issues.rules.self_check_items import ItemSum
from issues.services.life import parts
from issues.services.workflow import Missing, Refused
from tests import factories
from tests.issues.life.conftest import World
from tests.issues.life.test_list_pages import page
from tests.issues.life.test_templates import by_code
from townships.models import Event

ITEMS = by_code("tuopin").self_check
CLEAN = dict.fromkeys((row["code"] for row in ITEMS), 0)


@pytest.fixture
def draft(world: World) -> IssueList:
    """A list whose template asks for nine items."""
    template = ListTemplate.objects.create(code="nine", name="九项", self_check=ITEMS)
    return factories.issue_list(world.campaign, "L2", "搬迁自查", lock_on=date(2018, 6, 7), template=template)


@pytest.fixture
def part(world: World, draft: IssueList) -> Part:
    parts.start(draft.pk, [world.township, world.other], world.office)
    return Part.objects.get(list=draft, unit=world.township)


def test_the_template_that_ships_goes_through_nine_items() -> None:
    """W-045."""
    assert len(ITEMS) == 9
    assert all("：" in row["text"] for row in ITEMS)
    assert by_code("shenji").self_check == []


def test_an_item_left_empty_keeps_the_head_from_signing(world: World, part: Part) -> None:
    """W-045: 地灾治理 unanswered → not complete, named in the refusal."""
    with pytest.raises(Refused, match=r"共9项，还有9项没有回答：“搬迁对象”.*等9项"):
        parts.sign(part.pk, world.head, is_zero=True)
    answers = {code: 0 for code in CLEAN if code != "hazards"}
    assert [item.heading for item in parts.check(part.pk, answers, world.cadre)] == ["地灾治理"]
    with pytest.raises(Refused, match="还有1项没有回答：“地灾治理”。"):
        parts.sign(part.pk, world.head, is_zero=True)
    assert parts.check(part.pk, CLEAN, world.cadre) == []
    parts.sign(part.pk, world.head, is_zero=True)
    with pytest.raises(Refused, match="不能再增减"):
        parts.check(part.pk, CLEAN, world.cadre)
    told = Event.objects.filter(subject_type="part", action="self_check").order_by("pk").last()
    assert told is not None
    assert "已查9项，共9项，查出问题0个" in told.summary


def test_nobody_declares_zero_whose_items_found_something(world: World, part: Part) -> None:
    """W-045, W-002."""
    parts.check(part.pk, {**CLEAN, "area": 3}, world.cadre)
    with pytest.raises(Refused, match="自查项目“房屋面积”填了有问题，不能报零问题"):
        parts.sign(part.pk, world.head, is_zero=True)
    factories.issue(part.list, world.office, township=world.township, reported_by=world.township)
    parts.sign(part.pk, world.head, is_zero=False)


def test_only_the_unit_itself_answers_in_numbers_that_can_be(world: World, part: Part) -> None:
    for stranger in (world.neighbour, world.office):
        with pytest.raises(Missing):
            parts.check(part.pk, CLEAN, stranger)
    with pytest.raises(Refused, match="不能登记问题"):
        parts.check(part.pk, CLEAN, world.head)
    with pytest.raises(Refused, match="个数应在0到"):
        parts.check(part.pk, {**CLEAN, "area": -1}, world.cadre)
    parts.check(part.pk, {"area": 2, "colour": 5}, world.cadre)
    part.refresh_from_db()
    assert part.answers == {"area": 2}, "what the template does not ask is not kept"


def test_a_list_without_items_is_signed_as_before(world: World, draft: IssueList, part: Part) -> None:
    draft.template = None
    draft.save(update_fields=["template"])
    parts.sign(part.pk, world.head, is_zero=True)
    assert part_queries.self_check_sums(draft) == []


def test_each_item_says_how_many_units_found_something_of_how_many(
    world: World, draft: IssueList, part: Part
) -> None:
    """W-045: per unit whether it is complete, per item numerator and denominator."""
    other = Part.objects.get(list=draft, unit=world.other)
    parts.check(part.pk, {**CLEAN, "area": 3}, world.cadre)
    parts.check(other.pk, {"area": 0}, world.neighbour)
    lines = part_queries.parts_of(draft)
    assert [(line.part.unit, line.answered, line.is_checked) for line in lines] == [
        (world.township, 9, True),
        (world.other, 1, False),
    ]
    sums = {one.code: one for one in part_queries.self_check_sums(draft)}
    assert sums["area"] == ItemSum("area", "房屋面积", 1, 2, 2, 3)
    assert (sums["hazards"].with_problems, sums["hazards"].answered, sums["hazards"].silent) == (0, 1, 1)
    assert [line.part for line in part_queries.parts_of(draft, item="area")] == [part]


def test_the_unit_answers_item_by_item_on_its_page(
    world: World, draft: IssueList, part: Part, client: Client
) -> None:
    """W-045: what was typed is kept; what is unanswered is named."""
    path = f"/lists/parts/{part.pk}/"
    status, html = page(client, world.cadre, path)
    assert (status, "还有9项没有回答" in html, "保存自查结果" in html) == (200, True, True)
    told: dict[str, object] = {f"check-answer-{code}": "none" for code in CLEAN if code != "hazards"}
    for wrong, sentence in (
        ({"check-answer-area": "some"}, "请填查出几个"),
        ({"check-found-area": "3"}, "又填了3个"),
        ({"check-found-area": "-1"}, "大于"),
        ({"check-found-area": "许多"}, "许多"),
        ({"check-answer-area": "x"}, "x"),
    ):
        status, html = page(client, world.cadre, f"{path}check/", {**told, **wrong})
        assert (status, sentence in html, "已填的内容都在" in html) == (422, True, True), wrong
        assert 'value="none"' in html
    right = {**told, "check-answer-area": "some", "check-found-area": "3"}
    assert page(client, world.cadre, f"{path}check/", right)[0] == 302
    part.refresh_from_db()
    assert part.answers == {code: 0 for code in CLEAN if code != "hazards"} | {"area": 3}
    status, html = page(client, world.head, path)
    assert ("还有1项没有回答" in html, "保存自查结果" in html) == (True, False)
    status, html = page(client, world.head, f"{path}sign/", {"answer": "reported", "words": "逐户看过"})
    assert (status, "逐户看过" in html) == (422, True)
    assert page(client, world.head, f"{path}check/", right)[0] == 403
    status, html = page(client, world.office, f"/lists/{draft.pk}/?item=area")
    assert f'href="/lists/parts/{part.pk}/"' in html
    assert "只看“房屋面积”查出问题的单位" in html
    assert "未完成" in html
    assert "8/9项" in html
    assert "乙镇" not in html
    assert page(client, world.office, f"/lists/{draft.pk}/?item=%00x")[0] == 200


def test_the_office_writes_the_items_like_the_checklist(world: World, client: Client) -> None:
    template = ListTemplate.objects.create(code="nine", name="九项", self_check=ITEMS)
    path = f"/setup/templates/{template.pk}/"
    assert "地灾治理：" in page(client, world.office, path)[1]
    assert page(client, world.office, path, {"name": "九项", "self_check": "房屋面积\n" * 2})[0] == 302
    template.refresh_from_db()
    assert [row["text"] for row in template.self_check] == ["房屋面积"]
    long = page(client, world.office, path, {"name": "九项", "self_check": "长" * 201})
    assert (long[0], "一行最长200个字" in long[1]) == (422, True)


def test_items_cost_no_query_a_unit(world: World, draft: IssueList, part: Part, client: Client) -> None:
    client.force_login(world.office)
    counts = []
    for more in range(2):
        towns = [factories.unit(f"T{more}{n}", f"{more}-{n}镇", "township", world.county) for n in range(3)]
        parts.start(draft.pk, towns, world.office)
        client.get(f"/lists/{draft.pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/lists/{draft.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
