"""An overdue reply climbs the same ladder as an overdue issue; what came or moved ends it."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.models import Alert
from alerts.rules.ladder import Level, Subject
from alerts.services.letters import answering
from alerts.services.scan import scan
from tests.alerts.letters.conftest import Post
from tests.alerts.letters.test_pages import page, said
from townships.models import Seat

pytestmark = pytest.mark.usefixtures("pdf_alone")


@pytest.fixture(autouse=True)
def seats(post: Post) -> None:
    """甲镇's three seats, and the office's."""
    world = post.world
    for duty, user in (("staff", world.cadre), ("head", world.head), ("leader_in_charge", world.leader)):
        Seat.objects.create(unit=world.township, duty=duty, user=user)
    Seat.objects.create(unit=world.county, duty="supervision", user=world.office)


def told(**wanted: object) -> list[tuple[str, str]]:
    """(rung, duty) of the standing alerts about replies, lowest first."""
    found = Alert.objects.filter(subject=Subject.REPLY.value, voided_at=None, **wanted)
    rungs = {level.height: level.label for level in Level}
    return [(rungs[one.height], one.duty) for one in found.order_by("height", "duty")]


def test_a_reply_that_does_not_come_is_told_to_head_and_leader_then_higher(post: Post) -> None:
    letter = post.received()  # due on 2018-06-13
    scan(on=date(2018, 6, 9))
    assert told() == []
    scan(on=date(2018, 6, 10))
    assert told(made_on=date(2018, 6, 10)) == [("提醒", "staff")]
    scan(on=date(2018, 6, 14))
    assert told(made_on=date(2018, 6, 14)) == [("督办", "head"), ("督办", "leader_in_charge")]
    scan(on=date(2018, 6, 20))
    assert [rung for rung, _ in told(made_on=date(2018, 6, 20))] == ["通报"] * 3
    assert set(Alert.objects.filter(subject="reply").values_list("number", "item_id")) == {
        (letter.number, letter.pk)
    }


def test_the_reply_ends_it_and_a_returned_one_begins_anew_by_its_own_day(post: Post) -> None:
    letter = post.received()
    scan(on=date(2018, 6, 14))
    assert told()
    answering.answer(letter.pk, "屋面已修好。", by=post.world.cadre)
    scan(on=date(2018, 6, 15))
    assert told() == []
    answering.return_reply(letter.pk, "没有佐证", by=post.world.office, due_on=date(2018, 6, 20))
    scan(on=date(2018, 6, 16))
    assert told() == []
    scan(on=date(2018, 6, 21))
    assert told(anchor_on=date(2018, 6, 20)) == [("督办", "head"), ("督办", "leader_in_charge")]


def test_the_office_drafts_from_the_ladder_what_the_rung_asks_for(post: Post) -> None:
    world, issue = post.world, post.issue(days_late=1)
    scan(on=date(2018, 6, 6))
    office = said(page(world.office).get("/alerts/"))
    address = f"/letters/draft/?kind=supervision&amp;issue={issue.number}"
    assert f'href="{address}">起草督办函' in office
    assert "起草督办函" not in said(page(world.leader).get("/alerts/"))
    drafting = said(page(world.office).get(address.replace("&amp;", "&")))
    assert '<option value="supervision" selected>' in drafting
    assert issue.number in drafting
