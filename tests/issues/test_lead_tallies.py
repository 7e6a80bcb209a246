"""The tallies of leads against the speech: 乡镇报送28条，仅9条有效；13个乡镇、18个部门没有报送 (W-006, W-007)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from issues.models import Lead
from issues.queries.lead_sources import MOST, sources_of
from issues.queries.lead_tallies import Reporter, kinds_of, reported_by, reporting
from issues.queries.leads import counts, ledger
from issues.rules.leads import LeadView, share
from projects.models import Campaign
from tests import factories
from townships.models import Unit, UnitSet, User

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DEMO = Path(__file__).resolve().parents[2] / "demo"
FILE = "问题线索报送汇总.xlsx"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))["files"][FILE]
SHEET = EXPECTED["sheets"]["线索明细"]["tally"]
SPEECH = {case["id"]: case for case in json.loads((SAMPLES / "tallies.json").read_text(encoding="utf-8"))}
DAY = date(2018, 6, 6)


def run(*arguments: str) -> None:
    call_command(*arguments, "--json", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db
def test_the_countys_own_ledger_gives_the_figures_of_the_sheet_and_of_the_speech(
    on_day: Callable[[str], None], client: Client
) -> None:
    on_day("2018-06-06")
    run("load_county", str(DEMO / "county"))
    run("create_campaign", "gj2018", "百日攻坚", "--start", "2018-06-01", "--end", "2018-09-08")
    run("import_sheet", str(DEMO / "ledgers" / FILE), "--ref-date", "2018-05-20")
    campaign = Campaign.objects.get()
    user = factories.user("discipline", campaign.unit)
    leads, kinds = ledger(user, campaign), kinds_of(campaign, DAY)
    towns, bureaus, others = reporting(leads, kinds, DAY)
    _same(towns, SHEET["reporting"]["乡镇"])
    _same(bureaus, SHEET["reporting"]["专项部门"])
    assert bureaus.kind.label == "专项部门"
    assert others.reported == SHEET["reporting"]["县治理办收集"]["leads"]
    assert sum(row.reported for row in (towns, bureaus, others)) == SPEECH["T0-17"]["baseline"]
    for row, case in ((towns, SPEECH["T0-18"]), (bureaus, SPEECH["T0-19"])):
        assert (row.reported, row.valid) == (case["baseline"], case["breakdown"]["有效"])
        assert row.rate == f"{case['expect']['valid_rate_pct']}%"
    silent = SPEECH["T0-20"]["breakdown"]
    assert (len(towns.silent), len(bureaus.silent)) == (silent["乡镇"], silent["部门"])
    assert dict(counts(leads, user))[LeadView.UNJUDGED] == sum(
        one["open"] for one in SHEET["by_source"].values()
    )
    _proven(leads, kinds, (towns, bureaus, others), user)
    client.force_login(user)
    text = client.get("/leads/").content.decode()
    for told in ("13个乡镇没有报送线索", "18个专项部门没有报送线索", "32.1%", "合乐苗族乡"):
        assert told in text
    assert "共137条线索。乡镇报送28条，9条有效（32.1%）；专项部门报送5条，2条有效（40.0%）" in text
    assert "有13个乡镇、18个专项部门没有报送线索。" in text
    _same_sources(sources_of(leads), SHEET["by_source"])
    for row in sources_of(leads):
        assert client.get(f"/leads/?source={row.key}").context["pager"].count == row.reported
    client.force_login(factories.user("office", campaign.unit))
    assert "没有报送线索" not in client.get("/leads/").content.decode()


def _same(row: Any, expected: dict[str, Any]) -> None:
    assert (row.units, row.reporting, row.reported, row.valid) == tuple(
        expected[name] for name in ("units", "reported", "leads", "valid")
    )
    assert sorted(row.silent) == sorted(expected["reported_none"])


def _same_sources(rows: Any, expected: dict[str, Any]) -> None:
    """W-008: the tally by source adds up to all of them."""
    assert {row.label: (row.reported, row.valid) for row in rows} == {
        source: (told["total"], told["valid"]) for source, told in expected.items()
    }
    assert sum(row.reported for row in rows) == SPEECH["T0-17"]["baseline"]


def _proven(leads: Any, kinds: Any, rows: Any, user: User) -> None:
    """The list behind each number has exactly that many leads."""
    for row in rows:
        behind = dict(counts(reported_by(leads, row.kind.reporter, kinds, DAY), user))
        told = (row.reported, row.valid, row.without_result)
        assert tuple(behind[view] for view in (LeadView.ALL, LeadView.VALID, LeadView.OPEN)) == told


@pytest.mark.django_db
def test_merged_units_report_as_their_successor_and_what_has_no_unit_stands_apart(
    on_day: Callable[[str], None],
) -> None:
    on_day("2018-06-06")
    top = factories.county()
    campaign, user = factories.campaign(top), factories.user("discipline", top)
    unit = {one.name: one for one in Unit.objects.all()}
    Unit.objects.filter(name="乙镇").update(closed_on=date(2018, 5, 1), successor=unit["甲镇"])
    reporters = (unit["乙镇"], unit["某县财政局"], top, None)
    for number, reporter in enumerate(reporters):
        Lead.objects.create(
            campaign=campaign, number=f"XS{number}", reported_by=reporter, registered_by=user, valid=True
        )
    leads, kinds = ledger(user, campaign), kinds_of(campaign, DAY)
    towns, bureaus, others = rows = reporting(leads, kinds, DAY)
    assert (towns.units, towns.reported, towns.silent) == (2, 1, ("丙乡",))
    assert (bureaus.kind.label, bureaus.reported, bureaus.silent) == ("部门", 1, ("某县住建局",))
    assert (others.kind.reporter, others.reported) == (Reporter.OTHER, 2)
    _proven(leads, kinds, rows, user)
    named = UnitSet.objects.create(name="专班")
    named.units.set([unit["某县住建局"], unit["甲镇"]])
    rows = reporting(leads, kinds_of(campaign, DAY), DAY)
    assert [row.reported for row in rows] == [1, 0, 3], "财政局 is not of the set: it stands with the others"


@pytest.mark.django_db
def test_w008_sources_of_what_one_kind_of_units_reported_and_never_their_words_in_an_address(
    on_day: Callable[[str], None], client: Client
) -> None:
    on_day("2018-06-06")
    top = factories.county()
    campaign, user = factories.campaign(top), factories.user("discipline", top)
    unit = {one.name: one for one in Unit.objects.all()}
    told = [("乙镇", "群众来信"), ("乙镇", "自查"), ("甲镇", "自查"), (None, "上级交办"), (None, "")]
    for number, (reporter, source) in enumerate(told):
        Lead.objects.create(
            campaign=campaign, number=f"XS{number}", source=source, registered_by=user,
            reported_by=unit[reporter] if reporter else None,
        )  # fmt: skip
    client.force_login(user)
    answer = client.get("/leads/?by=township")
    assert [(row.label, row.reported) for row in answer.context["sources"]] == [("自查", 2), ("群众来信", 1)]
    (first, _) = answer.context["sources"]
    text = answer.content.decode()
    assert f"by=township&amp;source={first.key}" in text
    assert "source=%E8" not in text
    assert "source=自" not in text
    both = client.get(f"/leads/?by=township&source={first.key}")
    assert both.context["pager"].count == 2
    assert [(row.label, row.reported) for row in both.context["sources"]] == [("自查", 2), ("群众来信", 1)]
    assert {row.label for row in sources_of(ledger(user, campaign))} == {
        "自查",
        "群众来信",
        "上级交办",
        "未写明",
    }
    assert client.get("/leads/?source=nichts").context["pager"].count == 5
    client.force_login(factories.user("cadre", unit["乙镇"]))
    answer = client.get(f"/leads/?source={first.key}")
    assert (answer.context["sources"], "自查" in answer.content.decode()) == ([], False)


@pytest.mark.django_db
def test_sources_beyond_the_first_stand_in_one_row_and_still_add_up() -> None:
    top = factories.county()
    campaign, user = factories.campaign(top), factories.user("discipline", top)
    for number in range(MOST + 3):
        Lead.objects.create(campaign=campaign, number=f"XS{number}", source=f"源{number}", registered_by=user)
    rows = sources_of(ledger(user, campaign))
    assert (len(rows), rows[-1].label, rows[-1].key) == (MOST + 1, "另外3种来源", "")
    assert sum(row.reported for row in rows) == MOST + 3


def test_a_share_of_nothing_is_no_number() -> None:
    assert (share(0, 0), share(9, 28), share(2, 5), share(1, 1)) == ("—", "32.1%", "40.0%", "100.0%")
