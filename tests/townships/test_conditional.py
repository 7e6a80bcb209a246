"""304: the tag holds until something in the viewer's scope changes, and costs one query."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.townships.conftest import Person
from townships.models import Unit, User
from townships.queries.revisions import revision_tag
from townships.rules.roles import Role
from townships.services import revisions
from townships.web.conditional import unless_changed

TODAY = date(2018, 6, 6)


def tag(user: User) -> str:
    return revision_tag(user, TODAY, "1")


@pytest.mark.parametrize(
    ("role", "unit", "bumped", "changes"),
    [
        (Role.CADRE, "990100101", "990100101", True),
        (Role.CADRE, "990100101", "990100102", False),
        (Role.CADRE, "990100101201", "990100101", True),
        (Role.DEPARTMENT_STAFF, "D01", "990100102", True),
        (Role.OFFICE, "D02", "990100102", True),
        (Role.SYSADMIN, "990100", "990100102", False),
        (Role.CADRE, "990100101", None, True),
    ],
)
def test_the_tag_changes_with_the_scope_alone(
    person: Person, role: Role, unit: str, bumped: str | None, changes: bool
) -> None:
    user = person(role, unit)
    before = tag(user)
    revisions.bump([Unit.objects.get(code=bumped).pk] if bumped else [0])
    assert (tag(user) != before) == changes


def test_the_tag_changes_with_day_build_and_person(person: Person) -> None:
    user, other = person(Role.OFFICE), person(Role.OFFICE)
    tags = {tag(user), tag(other), revision_tag(user, date(2018, 6, 7), "1"), revision_tag(user, TODAY, "2")}
    assert len(tags) == 4


def test_the_tag_is_one_query(person: Person, django_assert_num_queries: Callable[[int], object]) -> None:
    user = User.objects.select_related("unit").get(pk=person(Role.CADRE, "990100101201").pk)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        tag(user)


def test_an_unchanged_page_answers_304_without_its_view(person: Person) -> None:
    user = person(Role.OFFICE)
    calls: list[str] = []

    @unless_changed
    def page(request: HttpRequest) -> HttpResponse:
        calls.append(request.path)
        return HttpResponse("第一版")

    def ask(etag: str = "", path: str = "/x/") -> HttpResponse:
        request = RequestFactory().get(path, headers={"If-None-Match": etag} if etag else {})
        request.user = user
        request._messages = []  # type: ignore[attr-defined]
        return page(request)

    first = ask()
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert ask(first.headers["ETag"]).status_code == 304
    assert ask(first.headers["ETag"], "/x/?as_of=2018-05-20").status_code == 200
    assert len(calls) == 2
    revisions.bump([0])
    assert ask(first.headers["ETag"]).status_code == 200
