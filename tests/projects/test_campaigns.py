"""Campaigns come from a command, and nonsense is refused in Chinese."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from projects.models import Campaign
from townships.models import Event, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Unit:
    return Unit.objects.create(code="990001", name="某县", short_name="某县", level="county", path="990001/")


def created(*arguments: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("create_campaign", *arguments, json=True, stdout=out, **options)
    return dict(json.loads(out.getvalue()))


def test_a_campaign_is_made_with_its_dates_and_an_audit_event(county: Unit) -> None:
    told = created(
        "gj2018", "百日攻坚", "--start", "2018-06-01", "--end", "2018-09-08", "--list-lock", "2018-06-02"
    )
    campaign = Campaign.objects.get(code="gj2018")
    assert told["unit"] == "990001"
    assert (campaign.start_on, campaign.end_on) == (date(2018, 6, 1), date(2018, 9, 8))
    assert campaign.list_lock_on == date(2018, 6, 2)
    assert campaign.plan_due_on is None
    assert Event.objects.filter(subject_type="campaign", subject_id=campaign.pk).count() == 1


def test_standing_work_needs_no_dates(county: Unit) -> None:
    assert created("cn", "常年工作")["end_on"] is None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("有空 格", "名称"), "代号"),
        (("a1", " "), "名称"),
        (("a1", "名称", "--start", "2018-06-02", "--end", "2018-06-01"), "早于开始日期"),
        (("a1", "名称", "--start", "6月1日"), "不是日期"),
        (("a1", "名称", "--unit", "没有"), "没有代码为"),
        (("a1", "名称", "--list-lock", "2018-06-05", "--plan-due", "2018-06-02"), "早于清单锁定日期"),
    ],
)
def test_nonsense_is_refused_in_words(county: Unit, arguments: tuple[str, ...], word: str) -> None:
    with pytest.raises(CommandError, match=word):
        created(*arguments)
    assert not Campaign.objects.exists()


def test_a_code_is_given_once(county: Unit) -> None:
    created("gj2018", "百日攻坚")
    with pytest.raises(CommandError, match="已被另一项工作使用"):
        created("gj2018", "另一项")


def test_without_units_the_command_says_what_to_do_first() -> None:
    with pytest.raises(CommandError, match="load_county"):
        created("gj2018", "百日攻坚")
