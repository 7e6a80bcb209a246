"""Leads that a command brings in: whose they are, and who mends the rows that could not be read."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from issues.models import Import, Lead, PendingRow
from issues.services import leads
from projects.models import Campaign
from tests import factories
from townships.models import Unit

pytestmark = pytest.mark.django_db

HEAD = "序号,报送单位,报送时间,线索来源,问题类型,涉及乡镇,线索内容,是否有效,备注"
ROWS = (
    "1,甲镇,2018年5月2日,群众来信,作风,甲镇,某干部优亲厚友虚报冒领,有效,",
    "2,甲镇,2018年5月3日,来访,作风,不知哪里镇,低保评议走过场,有效,",
)
SECRET = "低保评议"


@pytest.fixture
def county(on_day: Callable[[str], None]) -> Unit:
    on_day("2018-06-06")
    return factories.county()


@pytest.fixture
def campaign(county: Unit) -> Campaign:
    return factories.campaign(county)


def bring(folder: Path, *options: str) -> Import:
    file = folder / "线索.csv"
    file.write_text("\n".join(["某县问题线索报送汇总表（截至2018年5月20日）", HEAD, *ROWS]), encoding="utf-8")
    call_command("import_sheet", str(file), "--skip-errors", *options, stdout=StringIO(), stderr=StringIO())
    return Import.objects.latest("pk")


def seen_by(client: Client, role: str, at: Unit) -> tuple[int, bool]:
    """(status of the page of rows left out, whether the lead stands on it)."""
    client.force_login(factories.user(role, at))
    answer = client.get("/import/pending/")
    return answer.status_code, SECRET in answer.content.decode()


def test_a_row_that_the_system_left_out_is_for_the_discipline_organ_alone(
    county: Unit, campaign: Campaign, client: Client, tmp_path: Path
) -> None:
    source = bring(tmp_path)
    assert source.uploaded_by.name == "系统"
    assert PendingRow.objects.get().cells["G"].startswith(SECRET)
    assert seen_by(client, "discipline", county) == (200, True)
    assert seen_by(client, "office", county) == (200, False)
    for role in ("cadre", "unit_head", "department_staff", "leader", "inspector", "sysadmin", "auditor"):
        assert seen_by(client, role, county) == (403, False), role
    elsewhere = factories.unit("880100", "乙县", level="county", kind="county")
    assert seen_by(client, "discipline", elsewhere) == (200, False)


def test_the_discipline_organ_mends_it_into_a_lead(
    county: Unit, campaign: Campaign, client: Client, tmp_path: Path
) -> None:
    bring(tmp_path)
    row = PendingRow.objects.get()
    user = factories.user("discipline", county)
    client.force_login(user)
    page = client.get("/import/pending/").content.decode()
    assert 'href="/import/"' not in page, "the files are not for it"
    wrong = client.post(f"/import/pending/{row.pk}/mend/", {"cell-F": "还是不知哪里镇"})
    assert "没有入库" in wrong.content.decode()
    done = client.post(f"/import/pending/{row.pk}/mend/", {"cell-F": "乙镇"}, follow=True)
    assert done.redirect_chain == [("/import/pending/", 302)]
    assert "已补录入库" in done.content.decode()
    lead = Lead.objects.get(description__startswith=SECRET)
    assert lead in Lead.objects.visible_to(user)
    assert client.get(f"/import/{row.sheet.source_id}/pending/").status_code == 403


def test_rows_of_other_kinds_stay_the_offices(
    county: Unit, campaign: Campaign, client: Client, tmp_path: Path
) -> None:
    bring(tmp_path)
    PendingRow.objects.update(kind="issues")
    assert seen_by(client, "discipline", county) == (200, False)
    assert seen_by(client, "office", county) == (200, True)


def test_leads_brought_in_somebodys_name_are_that_persons(
    county: Unit, campaign: Campaign, client: Client, tmp_path: Path
) -> None:
    office = factories.user("office", county, "bangongshi")
    source = bring(tmp_path, "--by", "bangongshi")
    assert (source.uploaded_by, Lead.objects.get().registered_by) == (office, office)
    assert seen_by(client, "discipline", county) == (200, False)
    assert seen_by(client, "office", county) == (200, False)
    client.force_login(office)
    assert SECRET in client.get("/import/pending/").content.decode()


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("meiyou", "没有账号“meiyou”"),
        ("tianbao", "账号“tianbao”不能导入台账"),
        ("waixian", "管不到工作“百日攻坚”"),
    ],
)
def test_who_may_not_import_cannot_be_named(
    county: Unit, campaign: Campaign, tmp_path: Path, username: str, why: str
) -> None:
    factories.user("cadre", county, "tianbao")
    elsewhere = factories.unit("880100", "乙县", level="county", kind="county")
    factories.user("office", elsewhere, "waixian")
    for options in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match=why):
            bring(tmp_path, "--by", username, *options)
    assert not Import.objects.exists()


def test_a_ledger_that_comes_again_leaves_a_persons_judgement_alone(
    county: Unit, campaign: Campaign, tmp_path: Path
) -> None:
    bring(tmp_path)
    lead = Lead.objects.get()
    judge = factories.user("discipline", county)
    leads.judge(lead.pk, is_valid=False, reason="没有具体事实", by=judge)
    again = ROWS[0].replace("有效,", "有效,再次核对")
    file = tmp_path / "线索二.csv"
    file.write_text("\n".join(["某县问题线索报送汇总表（截至2018年5月20日）", HEAD, again]), encoding="utf-8")
    call_command("import_sheet", str(file), stdout=StringIO(), stderr=StringIO())
    lead.refresh_from_db()
    assert (lead.note, lead.valid, lead.judgement) == ("再次核对", False, "没有具体事实")
