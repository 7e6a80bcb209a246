"""The command: one object on stdout, a table for people, exit 2 with one sentence for what cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from issues.models import ImportSheet, PendingRow
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    campaign = make.campaign(make.county())
    office = make.user("office", campaign.unit)
    make.issue(
        make.issue_list(campaign), office, quantity=5, claims=[(2, date(2018, 3, 1))],
        township=Unit.objects.get(code="990001101"),
    )  # fmt: skip
    return campaign


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("tally", *arguments, stdout=out, **options)
    return out.getvalue()


def test_json_prints_one_object_and_nothing_else(gj: Campaign) -> None:
    told = json.loads(run("--json", "--as-of", "2018-05-20"))
    assert {
        "campaign",
        "county",
        "of",
        "as_of",
        "basis",
        "by",
        "definition",
        "generated_at",
        "blocks",
    } <= set(told)
    assert told["blocks"][0]["total"]["left"] == "3"
    assert "还有3户" in told["blocks"][0]["sentence"]


def test_people_get_a_table_and_the_sentence(gj: Campaign) -> None:
    text = run("--by", "township", "--as-of", "2018-05-20")
    assert "【按户】" in text
    assert "甲镇" in text
    assert text.rstrip().endswith("。")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as-of", "2018-06-07"), "晚于今天"),
        (("--as-of", "6月1日"), "不是日期"),
        (("--known-at", "昨天"), "不是时间"),
        (("--by", "colour"), "不能按"),
        (("--campaign", "none"), "没有代号为"),
        (("--list", "none"), "没有名为“none”的清单"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    gj: Campaign, arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)


def test_several_campaigns_must_be_told_apart(gj: Campaign) -> None:
    make.campaign(gj.unit, code="two", name="第二项")
    with pytest.raises(CommandError, match="--campaign"):
        run()
    assert json.loads(run("--json", "--campaign", "gj2018"))["campaign"] == "gj2018"


def test_what_was_learned_later_was_not_known_then(gj: Campaign) -> None:
    before = (clock.now() - timedelta(days=1)).isoformat()
    assert json.loads(run("--json", "--known-at", before))["blocks"] == []
    after = (clock.now() + timedelta(hours=1)).isoformat()
    told = json.loads(run("--json", "--known-at", after))
    assert told["blocks"][0]["total"]["left"] == "3"
    assert "前登记的记录" in told["sentence"]


def test_rows_left_out_stand_beside_every_total(gj: Campaign) -> None:
    listed = gj.lists.get()
    office = make.user("office", gj.unit)
    source = gj.imports.create(
        file_name="台账.xlsx",
        stored_as="x",
        sha256="0" * 64,
        size=1,
        uploaded_by=office,
        uploaded_at=clock.now(),
    )
    page = ImportSheet.objects.create(source=source, position=0, name="台账", kind="issues", list=listed)
    for row in (7, 9):
        PendingRow.objects.create(sheet=page, campaign=gj, list=listed, kind="issues", row=row)
    told = json.loads(run("--json", "--by", "list"))
    assert told["pending_rows"] == 2
    assert told["blocks"][0]["total"]["pending_rows"] == 2
    assert told["blocks"][0]["rows"][0]["pending_rows"] == 2
    assert told["blocks"][0]["sentence"].endswith("另有2行未入库。")
    cadre = make.user("cadre", Unit.objects.get(code="990001101"))
    assert cadre.scope.covers(gj.unit.path) is False
