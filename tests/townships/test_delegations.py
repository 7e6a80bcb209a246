"""代签授权: to somebody of the unit, in writing, until a date; taken back early; never by anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests import factories
from townships.models import Delegation, Event, Unit, User
from townships.queries.delegations import signs_for
from townships.queries.revisions import revision_tag
from townships.services import delegations
from townships.services.delegations import DelegationError

TODAY, UNTIL = date(2018, 6, 6), date(2018, 6, 15)


@pytest.fixture
def people(db: None, on_day: Callable[[str], None]) -> dict[str, User]:
    on_day("2018-06-06")
    county = factories.county()
    town, other = Unit.objects.get(name="甲镇"), Unit.objects.get(name="乙镇")
    return {
        "head": factories.user("unit_head", town, "head"),
        "deputy": factories.user("cadre", town, "deputy"),
        "neighbour": factories.user("cadre", other, "neighbour"),
        "office": factories.user("office", county, "office"),
    }


def _delegate(people: dict[str, User], to: str = "deputy", **more: object) -> Delegation:
    given = {
        "document": "某府办〔2018〕3号",
        "from_on": TODAY,
        "until_on": UNTIL,
        "by": people["head"],
        **more,
    }
    return delegations.delegate(to=people[to], **given)  # type: ignore[arg-type]


def test_the_delegate_signs_until_the_date_and_not_after(people: dict[str, User]) -> None:
    """W-028."""
    made = _delegate(people)
    town = people["head"].unit
    assert town is not None
    assert signs_for(people["deputy"], UNTIL) == (town.path,)
    assert signs_for(people["deputy"], date(2018, 6, 16)) == ()
    event = Event.objects.get(subject_type="delegation", subject_id=made.pk)
    assert event.summary == "head授权deputy自2018-06-06至2018-06-15代为签字（某府办〔2018〕3号）"


def test_taken_back_it_holds_no_longer(people: dict[str, User]) -> None:
    made = _delegate(people)
    delegations.end(made.pk, by=people["head"])
    assert signs_for(people["deputy"], TODAY) == ()
    with pytest.raises(DelegationError, match="已经结束"):
        delegations.end(made.pk, by=people["head"])
    assert _delegate(people).pk != made.pk


def test_what_the_delegate_sees_is_new_at_once(people: dict[str, User]) -> None:
    before = revision_tag(people["deputy"], TODAY, "")
    _delegate(people)
    assert revision_tag(people["deputy"], TODAY, "") != before


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"to": "neighbour"}, "只能授权本单位"),
        ({"to": "head"}, "只能授权本单位"),
        ({"document": " "}, "请写文号"),
        ({"from_on": date(2018, 6, 5)}, "今天以前"),
        ({"until_on": date(2018, 6, 5)}, "截止日期"),
    ],
)
def test_what_cannot_be_delegated_is_refused(
    people: dict[str, User], more: dict[str, object], words: str
) -> None:
    with pytest.raises(DelegationError, match=words):
        _delegate(people, **more)  # type: ignore[arg-type]
    assert not Delegation.objects.exists()


def test_only_a_head_delegates_and_only_takes_back_what_is_his(people: dict[str, User]) -> None:
    with pytest.raises(DelegationError, match="可由单位主要负责人办理"):
        _delegate(people, by=people["deputy"])
    made = _delegate(people)
    stranger = factories.user("unit_head", people["neighbour"].unit, "stranger")
    with pytest.raises(DelegationError, match="没有这份授权"):
        delegations.end(made.pk, by=stranger)


def test_twice_at_the_same_time_is_refused(people: dict[str, User]) -> None:
    _delegate(people)
    with pytest.raises(DelegationError, match="已有授权"):
        _delegate(people, from_on=UNTIL)
    assert _delegate(people, from_on=date(2018, 6, 16), until_on=date(2018, 6, 20))


def test_the_page_lists_adds_and_ends(people: dict[str, User], client: Client) -> None:
    client.force_login(people["head"])
    address = "/accounts/delegations/"
    assert "还没有授权过" in client.get(address).content.decode()
    given = {
        "to": people["deputy"].pk,
        "document": "某府办〔2018〕3号",
        "from_on": "2018-06-06",
        "until_on": "2018-06-15",
    }
    assert client.post(address, {**given, "to": people["neighbour"].pk}).status_code == 200
    refused = client.post(address, {**given, "until_on": "2018-06-01"}).content.decode()
    assert "截止日期不能早于开始日期" in refused
    assert "某府办〔2018〕3号" in refused
    assert client.post(address, given).status_code == 302
    page = client.get(address).content.decode()
    assert "2018-06-15" in page
    made = Delegation.objects.get()
    assert client.post(f"{address}{made.pk}/end/").status_code == 302
    assert "2018-06-06收回" in client.get(address).content.decode()
