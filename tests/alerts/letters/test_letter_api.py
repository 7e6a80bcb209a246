"""Letters over REST: what was signed, in the caller's sight; a draft is nothing to another system."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.rules.letters import LetterKind
from tests.alerts.letters.conftest import Post
from tests.callers import Caller, check_described
from townships.rules.roles import Role

pytestmark = pytest.mark.usefixtures("pdf_alone")
LETTERS = "/api/v1/letters/"


@pytest.fixture
def platform(post: Post) -> Caller:
    return Caller(Role.API_CLIENT, post.world.county, LETTERS)


def test_a_signed_letter_is_told_with_its_unit_its_issues_and_its_days(post: Post, platform: Caller) -> None:
    issue = post.issue()
    letter = post.received(issue)
    post.draft()
    (record,) = platform.all()
    check_described("Letter", record)
    assert {name: record[name] for name in record if not name.endswith("_at")} == {
        "number": "整督函〔2018〕1号", "campaign": "gj2018", "kind": "supervision", "kind_label": "督办函",
        "title": "关于超面积问题整改的督办函", "organ": "某县整改工作办公室", "unit": "甲镇",
        "unit_code": post.world.township.code, "copied_to": ["D-A"], "issues": [issue.number],
        "state": "received", "state_label": "待回复", "signed_on": "2018-06-06", "reply_due_on": "2018-06-13",
        "overdue": False, "recalls": None, "url": f"/letters/{letter.pk}/",
    }  # fmt: skip


def test_a_unit_reads_its_own_and_no_number_of_an_issue_out_of_its_sight(post: Post) -> None:
    world = post.world
    both = post.issue(units=[world.township, world.other], township=world.township)
    post.signed(both, units=[world.other])
    seen = Caller(Role.API_CLIENT, world.other, LETTERS).all()
    assert [record["issues"] for record in seen] == [[both.number]]
    assert Caller(Role.API_CLIENT, world.township, LETTERS).all() == []


def test_the_list_is_narrowed_paged_and_followed(
    post: Post, platform: Caller, on_day: Callable[[str], None]
) -> None:
    first, second = post.signed(), post.signed(kind=LetterKind.REMINDER)
    numbers = [first.number, second.number]
    assert [record["number"] for record in platform.all(page_size=1)] == numbers
    assert [record["number"] for record in platform.all(kind="reminder")] == [second.number]
    assert platform.all(state="overdue") == []
    since = second.updated_at.isoformat()
    assert [record["number"] for record in platform.all(updated_since=since)] == [second.number]
    on_day("2018-06-14")
    assert [record["overdue"] for record in platform.all(state="overdue")] == [True, True]


@pytest.mark.parametrize("query", ["by=mine", "page=2", "kind=poem", "nonsense=1", "unit=nowhere"])
def test_what_it_does_not_take_is_refused(platform: Caller, query: str) -> None:
    answer = platform.get(f"{LETTERS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_queries_do_not_grow_with_the_letters(post: Post, platform: Caller) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            platform.all()
        return len(captured)

    post.signed()
    before = count()
    post.signed()
    post.signed()
    assert count() == before
