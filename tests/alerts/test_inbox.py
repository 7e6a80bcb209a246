"""The inbox: what one was told at one's own seats, item by item, handled with one click; nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert, Choice
from alerts.queries.inbox import unhandled
from alerts.rules.ladder import ItemKind, Level
from alerts.rules.telling import ItemKey
from alerts.services.digests import make_digests
from alerts.services.handling import handle
from alerts.services.wires.mail import DUMMY
from issues.models import Issue
from projects.models import Campaign
from tests import factories
from tests.alerts.telling import alert, sit
from townships.models import Event, Unit, User
from townships.queries.revisions import revision_tag
from townships.rules.roles import Duty

pytestmark = pytest.mark.usefixtures("morning", "db")


@pytest.fixture(autouse=True)
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = DUMMY


@pytest.fixture
def browser() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def campaign() -> Campaign:
    return factories.campaign(factories.county())


@pytest.fixture
def bureau(campaign: Campaign) -> Unit:
    return Unit.objects.get(code="D-A")


@pytest.fixture
def head(bureau: Unit) -> User:
    user = factories.user("unit_head", bureau, "head")
    sit(user, bureau)
    return user


@pytest.fixture
def issue(campaign: Campaign, bureau: Unit, head: User) -> Issue:
    made = factories.issue(
        factories.issue_list(campaign), head, unit=bureau, description="张某家房屋漏雨，电话13812345678"
    )
    factories.responsible(made, bureau)
    return made


def of(issue: Issue, bureau: Unit, **more: Any) -> Alert:
    return alert(issue.campaign, bureau, item_id=issue.pk, number=issue.number, **more)


def text(client: Client, path: str = "/alerts/inbox/") -> str:
    return client.get(path).content.decode()


def test_each_line_says_why_it_is_told_to_me_and_leads_to_the_item(
    issue: Issue, bureau: Unit, head: User, campaign: Campaign, browser: Callable[[User], Client]
) -> None:
    leader = factories.user("leader", campaign.unit, "leader")
    sit(leader, bureau, Duty.LEADER_IN_CHARGE)
    of(issue, bureau)
    of(issue, bureau, duty=Duty.LEADER_IN_CHARGE)
    make_digests()
    own, above = text(browser(head)), text(browser(leader))
    assert "您是住建局主要负责人" in own
    assert "您分管住建局" in above
    for page in (own, above):
        assert issue.number in page
        assert "房屋漏雨" in page
        assert "13812345678" not in page
    item = text(browser(head), f"/alerts/inbox/issue/{issue.pk}/")
    assert f'href="/issues/{issue.number}/"' in item


def test_what_is_made_but_not_told_yet_is_not_in_the_inbox(issue: Issue, bureau: Unit, head: User) -> None:
    of(issue, bureau)
    assert unhandled(head) == 0
    make_digests()
    assert unhandled(head) == 1


def test_the_badge_counts_items_not_lines_and_stands_on_every_page(
    issue: Issue, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    of(issue, bureau, level=Level.REMINDER)
    of(issue, bureau, level=Level.WARNING)
    alert(issue.campaign, bureau, item_kind=ItemKind.LETTER.value)
    make_digests()
    assert unhandled(head) == 2
    assert "预警 <strong>2</strong>" in text(browser(head), "/issues/")
    assert "预警 <strong>" not in text(browser(factories.user("cadre", bureau)), "/issues/")


def test_a_page_that_did_not_change_is_asked_again_once_the_badge_does(
    issue: Issue, bureau: Unit, head: User
) -> None:
    def tag() -> str:
        return revision_tag(head, date(2018, 6, 6), "build")

    of(issue, bureau)
    before = tag()
    make_digests()
    told = tag()
    handle([ItemKey(ItemKind.ISSUE, issue.pk)], by=head)
    assert len({before, told, tag()}) == 3


def test_handled_with_one_click_for_the_whole_seat_with_an_event(
    issue: Issue, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    deputy = factories.user("unit_head", bureau, "deputy")
    sit(deputy, bureau)
    of(issue, bureau)
    make_digests()
    assert (unhandled(head), unhandled(deputy)) == (1, 1)
    client = browser(head)
    answer = client.post("/alerts/inbox/handle/", {"item": f"issue:{issue.pk}"})
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/inbox/")
    one = Alert.objects.get()
    assert (one.handled_by, unhandled(head), unhandled(deputy)) == (head, 0, 0)
    assert Event.objects.get(action="handle_alerts").actor == head
    assert issue.number in text(client, "/alerts/inbox/?view=handled")
    client.post("/alerts/inbox/handle/", {"item": f"issue:{issue.pk}"})
    assert Event.objects.filter(action="handle_alerts").count() == 1


def test_a_handled_item_comes_back_with_its_next_rung(
    issue: Issue, bureau: Unit, head: User, browser: Callable[[User], Client], morning: Any
) -> None:
    of(issue, bureau)
    make_digests()
    browser(head).post("/alerts/inbox/handle/", {"item": f"issue:{issue.pk}"})
    of(issue, bureau, level=Level.SUPERVISION, on=date(2018, 6, 6))
    morning.move_to("2018-06-07T08:30:00+08:00")
    make_digests()
    page = text(browser(head))
    assert "督办" in page
    assert unhandled(head) == 1


def test_the_page_s_button_handles_what_the_page_showed(
    campaign: Campaign, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    alerts = [alert(campaign, bureau) for _ in range(3)]
    make_digests()
    shown = [f"issue:{one.item_id}" for one in alerts[:2]]
    browser(head).post("/alerts/inbox/handle/", {"shown": shown})
    assert unhandled(head) == 1


@pytest.mark.parametrize(
    "wrong", ["issue:", "cow:1", "issue:1e3", "issue:²", "issue:99999999999999999999", "\x00", ""]
)
def test_a_key_that_names_nothing_changes_nothing(
    campaign: Campaign, bureau: Unit, head: User, browser: Callable[[User], Client], wrong: str
) -> None:
    alert(campaign, bureau)
    make_digests()
    assert ItemKey.read(wrong) is None
    assert browser(head).post("/alerts/inbox/handle/", {"item": wrong}).status_code == 302
    assert unhandled(head) == 1


def test_an_outsider_sees_nothing_and_handles_nothing(
    issue: Issue, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    """Another bureau's head, a clerk of the same bureau, and who left the seat."""
    other = Unit.objects.get(code="D-B")
    neighbour, clerk = factories.user("unit_head", other, "n"), factories.user("cadre", bureau, "c")
    sit(neighbour, other)
    sit(clerk, bureau, Duty.STAFF)
    of(issue, bureau)
    make_digests()
    head.seats.all().delete()
    for user in (neighbour, clerk, head):
        client = browser(user)
        assert issue.number not in text(client)
        assert client.get(f"/alerts/inbox/issue/{issue.pk}/").status_code == 404
        client.post("/alerts/inbox/handle/", {"item": f"issue:{issue.pk}"})
    assert Alert.objects.get().handled_at is None
    assert "您目前不在任何单位的岗位上" in text(browser(head))


def test_an_item_leads_to_the_one_before_and_the_one_after(
    campaign: Campaign, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    """Highest rung first, then longest waiting."""
    first = alert(campaign, bureau, level=Level.SUPERVISION)
    third = alert(campaign, bureau, on=date(2018, 6, 4))
    second = alert(campaign, bureau, on=date(2018, 6, 1))
    make_digests()
    client = browser(head)
    middle = text(client, f"/alerts/inbox/issue/{second.item_id}/")
    assert f'href="/alerts/inbox/issue/{first.item_id}/" rel="prev"' in middle
    assert f'href="/alerts/inbox/issue/{third.item_id}/" rel="next"' in middle
    answer = client.post(
        "/alerts/inbox/handle/", {"item": f"issue:{second.item_id}", "after": f"issue:{third.item_id}"}
    )
    assert answer["Location"] == f"/alerts/inbox/issue/{third.item_id}/"


def test_the_inbox_asks_the_same_queries_for_one_item_and_for_fifty(
    campaign: Campaign, bureau: Unit, head: User, browser: Callable[[User], Client], morning: Any
) -> None:
    def queries() -> int:
        client = browser(head)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/alerts/inbox/").status_code == 200
        return len(asked)

    def told(items: int, day: int) -> None:
        for _ in range(items):
            of(factories.issue(listed, head, unit=bureau), bureau)
        morning.move_to(f"2018-06-0{day}T08:31:00+08:00")
        make_digests()

    listed = factories.issue_list(campaign)
    told(1, 6)
    queries()  # what is kept until it changes is read once
    few = queries()
    told(49, 7)
    assert unhandled(head) == 50
    assert queries() == few


def test_a_choice_is_kept_and_the_inbox_stays(
    bureau: Unit, head: User, browser: Callable[[User], Client], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=head.pk).update(email="head@county.example")
    client = browser(head)
    assert "发到 head@county.example" in text(client, "/alerts/choices/")
    assert client.post("/alerts/choices/", {"by_sms": "on"}).status_code == 302
    choice = Choice.objects.get(user=head)
    assert (choice.by_email, choice.by_sms) == (False, True)


def test_the_office_s_desk_says_which_seats_are_empty_and_nobody_else_s_does(
    campaign: Campaign, bureau: Unit, head: User, browser: Callable[[User], Client]
) -> None:
    alert(campaign, bureau, Duty.STAFF)
    alert(campaign, bureau, Duty.LEADER_IN_CHARGE)
    page = text(browser(factories.user("office", campaign.unit, "office")), "/")
    assert "岗位空缺" in page
    assert "/alerts/deliveries/#seats" in page
    assert "岗位空缺" not in text(browser(head), "/")
