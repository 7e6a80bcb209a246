"""Pages and REST of bulletins: every figure opens exactly its list, refusals keep what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinKind, Period
from dashboards.services.bulletins import editing
from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from rectify.lib import clock
from tests import factories as make
from tests.callers import Caller, check_described
from tests.dashboards.bulletins import County, a_county
from townships.models import User
from townships.rules.roles import Role

pytestmark = pytest.mark.django_db
COLUMNS = {"left": "left_claimed_at", "overdue": "overdue_claimed_at"}
CELL = re.compile(r'<td class="num"[^>]*><a href="(/issues/\?[^"]+)">([\d.]+)</a></td>')


@pytest.fixture
def county(on_day: Callable[[str], None], settings: Any, tmp_path: Path) -> County:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    return a_county()


def shown(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_every_figure_of_the_tables_is_the_sum_of_the_list_it_links_to(
    county: County, client: Client
) -> None:
    bulletin = county.draft()
    text = shown(client, county.office, f"/bulletins/{bulletin.pk}/")
    cells = dict(CELL.findall(text))
    assert len(cells) > 40
    for address, figure in cells.items():
        wanted = IssueFilter.from_params(dict(parse_qsl(urlsplit(address).query)), today=clock.today())
        rows = filtered(Issue.objects.visible_to(county.office), wanted, known=choices())
        column = COLUMNS.get(wanted.measure, f"{wanted.measure}_at")
        found = sum((getattr(row, column) for row in rows), Decimal(0))
        assert found == Decimal(figure), address


def test_who_sees_a_part_reads_the_countys_figures_without_links(county: County, client: Client) -> None:
    """Their own list would hold fewer than the figure says."""
    bulletin = county.signed()
    text = shown(client, county.cadre, f"/bulletins/{bulletin.pk}/")
    assert "/issues/?" not in text.partition('class="paper"')[2]
    assert "数字是全县的" in text
    assert "SHA-256" in text


def test_a_draft_is_made_mended_and_sent_by_its_pages(county: County, client: Client) -> None:
    client.force_login(county.office)
    answer = client.post("/bulletins/add/", {"kind": "monthly", "last_on": "2018-05-12", "basis": "claimed"})
    bulletin = Bulletin.objects.get()
    assert answer["Location"] == f"/bulletins/{bulletin.pk}/"
    assert (str(bulletin.first_on), str(bulletin.last_on)) == ("2018-05-01", "2018-05-31")
    page = shown(client, county.office, f"/bulletins/{bulletin.pk}/edit/")
    assert "居前的乡镇" in page
    given = {
        "version": bulletin.version, "title": "关于五月的通报", "organ": "县整改办文件", "mark": "整通报",
        "addressed_to": "各乡镇", "copied_to": "", "parts": ["overall", "townships", "next"], "counted": ["户"],
        "prose_opening": "现通报如下。", "prose_overall": "全县共有4321户。", "prose_next": "抓紧整改。",
    }  # fmt: skip
    assert client.post(f"/bulletins/{bulletin.pk}/edit/", given)["Location"] == f"/bulletins/{bulletin.pk}/"
    text = shown(client, county.office, f"/bulletins/{bulletin.pk}/")
    assert "文字里的 4321 不在取数结果里" in text
    stale = client.post(f"/bulletins/{bulletin.pk}/edit/", given)
    assert stale.status_code == 422
    assert "已被他人修改" in stale.content.decode()
    assert "全县共有4321户" in stale.content.decode()
    bulletin.refresh_from_db()
    assert client.post(f"/bulletins/{bulletin.pk}/submit/", {"version": bulletin.version}).status_code == 302


def test_the_campaign_in_view_is_the_one_that_is_told_of(county: County, client: Client) -> None:
    """Of two campaigns the other is in view; from list to form to draft it stays so."""
    other = make.campaign(county.campaign.unit, code="水 2", name="饮水会战")
    assert other.pk > county.campaign.pk
    make.issue(make.issue_list(other, "L9", "饮水"), county.office, quantity=4)
    query = "?campaign=%E6%B0%B4+2"
    listed = shown(client, county.office, f"/bulletins/{query}")
    assert listed.count(f'href="/bulletins/add/{query}"') == 2
    form = shown(client, county.office, f"/bulletins/add/{query}")
    assert "编制的是“饮水会战”的通报" in form
    assert f'action="/bulletins/add/{query}"' in form
    assert form.count(f'href="/bulletins/{query}"') == 2
    given = {"kind": "monthly", "last_on": "2018-05-12", "basis": "claimed"}
    client.post(f"/bulletins/add/{query}", given)
    bulletin = Bulletin.objects.get()
    assert bulletin.campaign == other
    for address in (f"/bulletins/{bulletin.pk}/", f"/bulletins/{bulletin.pk}/edit/"):
        assert f'href="/bulletins/{query}"' in shown(client, county.office, address)
    assert "编制的是“百日攻坚”的通报" in shown(client, county.office, "/bulletins/add/?campaign=gj2018")


@pytest.mark.parametrize(
    "mark",
    [
        "整通\u200b报",
        "整通\u2060报",
        "整通报\ufeff",
        "整 通报",
        "整通报〔2018〕",
        "整通报1",
        "(整)",
        "整-通报",
        "Ａ",
    ],
)
def test_a_mark_that_only_looks_like_another_is_refused_at_its_field(
    county: County, client: Client, mark: str
) -> None:
    """Else its numbers would begin with 1 again, and two papers bear what reads as the same one."""
    bulletin = county.draft()
    client.force_login(county.office)
    given = {
        "version": bulletin.version, "title": "通报", "organ": "县整改办文件", "mark": mark,
        "parts": ["overall"], "counted": ["户"],
    }  # fmt: skip
    answer = client.post(f"/bulletins/{bulletin.pk}/edit/", given)
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert re.search('id="id_mark_error"><p class="error">机关代字只写代字，只能用汉字和英文字母', text)
    for fine in ("县整办", "Zg办"):
        bulletin.refresh_from_db()
        given |= {"version": bulletin.version, "mark": fine}
        assert client.post(f"/bulletins/{bulletin.pk}/edit/", given).status_code == 302


def test_forms_refuse_in_chinese_and_keep_what_was_typed(county: County, client: Client) -> None:
    client.force_login(county.office)
    special = {
        "kind": "special",
        "last_on": "2018-05-31",
        "basis": "claimed",
        "topic": "",
        "first_on": "2018-05-01",
    }
    answer = client.post("/bulletins/add/", special)
    assert answer.status_code == 422
    assert "请写明专题通报说的是什么" in answer.content.decode()
    answer = client.post("/bulletins/add/", {**special, "kind": "monthly", "last_on": "2018-06-05"})
    assert "6月30日才结束" in answer.content.decode()
    for year, why in (
        ("0001", "日期太早，请核对年份"),
        ("1999", "年份应在2000年到2018年之间"),
        ("2019", "年份应在2000年到2018年之间"),
        ("9999", "日期太晚，请核对年份"),
    ):
        answer = client.post("/bulletins/add/", {**special, "kind": "monthly", "last_on": f"{year}-12-31"})
        assert answer.status_code == 422
        assert why in answer.content.decode()
    bulletin = county.signed()
    answer = client.post("/bulletins/add/", {"kind": "monthly", "last_on": "2018-05-31", "basis": "claimed"})
    assert answer.status_code == 422
    assert f"已经签发（{bulletin.number}）" in answer.content.decode()
    late = client.post(f"/bulletins/{bulletin.pk}/drop/", {"version": bulletin.version})
    assert late.status_code == 409
    assert "已经签发定稿，不能作废草稿" in late.content.decode()
    assert client.post(f"/bulletins/{bulletin.pk}/nonsense/", {"version": 1}).status_code == 404
    assert client.get(f"/bulletins/{10**30}/").status_code == 404


def test_a_leader_signs_from_the_desk_and_the_corrected_one_says_so(county: County, client: Client) -> None:
    bulletin = county.draft()
    editing.submit(bulletin.pk, by=county.office)
    assert "待签发通报" in shown(client, county.leader, "/")
    page = shown(client, county.leader, f"/bulletins/{bulletin.pk}/")
    assert "签发并编号" in page
    version = Bulletin.objects.get(pk=bulletin.pk).version
    empty = client.post(f"/bulletins/{bulletin.pk}/send_back/", {"version": version, "words": ""})
    assert empty.status_code == 422
    assert client.post(f"/bulletins/{bulletin.pk}/sign/", {"version": version}).status_code == 302
    assert "待签发通报" not in shown(client, county.leader, "/")
    client.force_login(county.office)
    version = Bulletin.objects.get(pk=bulletin.pk).version
    made = client.post(f"/bulletins/{bulletin.pk}/correct/", {"version": version, "words": "漏登"})
    newer = Bulletin.objects.get(corrects=bulletin)
    assert made["Location"] == f"/bulletins/{newer.pk}/"
    county.signed(newer)
    text = shown(client, county.cadre, f"/bulletins/{bulletin.pk}/")
    assert "这份通报已被更正" in text
    assert "整通报〔2018〕2号" in text
    assert "已由整通报〔2018〕2号更正" in shown(client, county.cadre, "/bulletins/")


def test_a_draft_can_be_read_on_paper_before_it_is_signed(county: County, client: Client) -> None:
    bulletin = county.draft()
    client.force_login(county.leader)
    answer = client.get(f"/bulletins/{bulletin.pk}/file/pdf/")
    assert answer.content.startswith(b"%PDF")
    assert "filename*=utf-8''%E8%8D%89%E7%A8%BF" in answer["Content-Disposition"]
    client.force_login(county.cadre)
    assert client.get(f"/bulletins/{bulletin.pk}/file/pdf/").status_code == 404


def test_the_rest_answer_holds_the_snapshot_and_the_hashes(county: County) -> None:
    bulletin = county.signed()
    county.draft(BulletinKind.TEN_DAYS, Period(date(2018, 5, 21), date(2018, 5, 31)))
    program = Caller(Role.API_CLIENT, county.campaign.unit, "/api/v1/bulletins/")
    told = program.read()
    check_described("BulletinPage", told)
    (one,) = told["results"]
    assert one["number"] == "整通报〔2018〕1号"
    assert {file["format"]: file["sha256"] for file in one["files"]} == dict(
        bulletin.files.values_list("format", "sha256")
    )
    detail = program.read(f"/api/v1/bulletins/{bulletin.pk}/")
    check_described("BulletinDetail", detail)
    assert detail["snapshot"]["issues"] == bulletin.snapshot["issues"]
