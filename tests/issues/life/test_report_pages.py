"""The pages of reporting: three fields, a receipt, one's whole unit at once, evidence for those who see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Evidence, Issue, Report
from issues.rules.stages import State
from tests.issues.life.conftest import World
from tests.issues.life.test_evidence import PDF, photo

DAY = "2018-06-05"


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def cadre(world: World, client: Client) -> Client:
    client.force_login(world.cadre)
    return client


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def _filled(client: Client, issue: Issue, **given: Any) -> dict[str, Any]:
    page = client.get(f"/issues/{issue.number}/report/").content.decode()
    hidden = {name: _hidden(page, name) for name in ("client_id", "version")}
    return {**hidden, "quantity": "3", "happened_on": DAY, "narrative": "完成三户", **given}


def test_the_form_asks_three_fields_and_is_small(world: World, cadre: Client) -> None:
    issue = world.issue()
    answer = cadre.get(f"/issues/{issue.number}/report/")
    page = answer.content.decode()
    form = page[page.index('id="act"') : page.index('<details class="fold"', page.index('id="act"'))]
    assert len(re.findall(r"<label ", form)) == 3
    assert "还剩10户未整改" in form
    assert 'value="2018-06-06"' in form
    assert len(answer.content) < 30_000


def test_a_report_is_acknowledged_and_the_same_form_again_shows_the_same_receipt(
    world: World, cadre: Client
) -> None:
    """Invariant 7, by hand."""
    issue = world.issue()
    data = _filled(cadre, issue)
    said = [
        cadre.post(f"/issues/{issue.number}/report/", data, follow=True).content.decode() for _ in range(2)
    ]
    (report,) = Report.objects.all()
    assert f"已提交，回执{report.receipt}。" in said[0]
    assert f"没有重复登记，回执{report.receipt}。" in said[1]
    other = cadre.post(f"/issues/{issue.number}/report/", {**data, "quantity": "4"})
    assert other.status_code == 409
    assert "内容不同" in other.content.decode()


def test_what_was_typed_and_the_client_id_are_kept_when_it_is_refused(world: World, cadre: Client) -> None:
    issue = world.issue()
    data = _filled(cadre, issue, quantity="１１", narrative="写了很久")
    answer = cadre.post(f"/issues/{issue.number}/report/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "只剩10户未整改" in page
    assert "写了很久" in page
    assert _hidden(page, "client_id") == data["client_id"]
    for wrong in ({"quantity": "三户"}, {"quantity": "-1"}, {"happened_on": "6月5日"}, {"client_id": "x"}):
        answer = cadre.post(f"/issues/{issue.number}/report/", {**data, **wrong})
        assert answer.status_code == 422
        assert "写了很久" in answer.content.decode()
    assert not Report.objects.exists()
    late = cadre.post(
        f"/issues/{issue.number}/report/", {**data, "quantity": "1", "happened_on": "2018-06-07"}
    )
    assert "晚于今天" in late.content.decode()


def test_the_words_of_last_time_are_taken_over_without_scripts(world: World, cadre: Client) -> None:
    issue = world.issue()
    cadre.post(f"/issues/{issue.number}/report/", _filled(cadre, issue))
    first = Report.objects.get()
    data = _filled(cadre, issue, narrative="", quantity="2")
    answer = cadre.post(f"/issues/{issue.number}/report/", {**data, "copy": str(first.pk)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "没有保存" not in page
    assert re.search(r"<textarea[^>]*>\s*完成三户</textarea>", page)
    assert _hidden(page, "client_id") == data["client_id"]
    assert 'name="quantity" value="2"' in page
    assert _hidden(page, "copied_from") == str(first.pk)
    cadre.post(
        f"/issues/{issue.number}/report/", {**data, "narrative": "完成三户", "copied_from": str(first.pk)}
    )
    assert Report.objects.get(copied_from=first).quantity == 2


def test_photos_come_with_the_report_and_refused_ones_are_named(world: World, cadre: Client) -> None:
    issue = world.issue()
    data = _filled(cadre, issue, kind="after")
    wrong = SimpleUploadedFile("完工.jpg", PDF)
    answer = cadre.post(f"/issues/{issue.number}/report/", {**data, "files": [wrong]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“完工.jpg”：文件名（.jpg）与内容（.pdf）不符" in page
    assert "需要重新选择" in page
    assert not Report.objects.exists()
    files = [SimpleUploadedFile(f"{shade}.jpg", photo(shade=shade)) for shade in (1, 2)]
    cadre.post(f"/issues/{issue.number}/report/", {**data, "files": files})
    assert Evidence.objects.filter(report=Report.objects.get(), kind="after").count() == 2


def test_a_correction_names_the_report_and_the_difference(world: World, cadre: Client) -> None:
    issue = world.issue()
    page = cadre.get(f"/issues/{issue.number}/correct_report/")
    assert page.status_code == 409
    cadre.post(f"/issues/{issue.number}/report/", _filled(cadre, issue))
    text = cadre.get(f"/issues/{issue.number}/correct_report/").content.decode()
    first = Report.objects.get()
    assert f"2018-06-05 完成3户，回执{first.receipt}" in text
    data = {"client_id": _hidden(text, "client_id"), "version": _hidden(text, "version")}
    data |= {"report": str(first.pk), "difference": "-1", "narrative": "有一户不算"}
    done = cadre.post(f"/issues/{issue.number}/correct_report/", data, follow=True)
    assert "已更正，回执" in done.content.decode()
    issue.refresh_from_db()
    assert issue.claimed == 2
    too_much = cadre.post(
        f"/issues/{issue.number}/correct_report/",
        {**data, "client_id": str(uuid4()), "difference": "-5", "version": str(issue.version)},
    )
    assert "现在只有2户" in too_much.content.decode()


# --- all at once --------------------------------------------------------------------------------------------


def _bulk(page: str) -> dict[str, str]:
    """Every input of the table as a browser would send it."""
    found = re.findall(r'<input type="[a-z]+" name="(\d+-\w+)"(?: value="([^"]*)")?', page)
    return dict(found)


def test_a_units_open_issues_are_reported_on_one_page_each_by_itself(world: World, cadre: Client) -> None:
    first, second, third = (world.issue() for _ in range(3))
    world.issue(units=[world.other], township=world.other)
    world.issue(claims=[(10, Report._meta.get_field("happened_on").to_python("2018-06-01"))])
    world.issue(State.CLOSED)
    page = cadre.get("/report/").content.decode()
    data = _bulk(page)
    assert sorted({int(name.split("-")[0]) for name in data}) == sorted(
        issue.pk for issue in (first, second, third)
    )
    data |= {f"{first.pk}-quantity": "2", f"{first.pk}-narrative": "两户"}
    data |= {f"{second.pk}-quantity": "99", f"{second.pk}-narrative": "太多"}
    answer = cadre.post("/report/", data)
    page = answer.content.decode()
    (report,) = Report.objects.all()
    assert (report.issue, report.quantity) == (first, 2)
    assert report.receipt in page
    assert "只剩10户未整改" in page
    kept = _bulk(page)
    assert kept[f"{second.pk}-quantity"] == "99"
    assert kept[f"{second.pk}-client_id"] == data[f"{second.pk}-client_id"]
    assert f"{first.pk}-quantity" not in kept
    kept |= {f"{second.pk}-quantity": "", f"{third.pk}-quantity": "10"}
    assert cadre.post("/report/", kept).status_code == 200
    second.refresh_from_db()
    assert second.progress == "太多", "a row with words alone is a word without movement"
    assert cadre.post("/report/", data).status_code == 422
    assert Report.objects.count() == 3, "the first is known, the second's id has other content now"


def test_a_row_opened_before_somebody_else_acted_says_so_and_can_be_sent_again(
    world: World, cadre: Client
) -> None:
    issue = world.issue()
    data = _bulk(cadre.get("/report/").content.decode()) | {f"{issue.pk}-quantity": "2"}
    Issue.objects.filter(pk=issue.pk).update(version=issue.version + 1)
    answer = cadre.post("/report/", data)
    page = answer.content.decode()
    assert "已被他人修改" in page
    assert cadre.post("/report/", _bulk(page)).status_code == 200
    assert Report.objects.count() == 1


def test_the_words_of_last_time_are_taken_over_in_a_row(world: World, cadre: Client) -> None:
    issue = world.issue()
    data = _bulk(cadre.get("/report/").content.decode())
    cadre.post("/report/", {**data, f"{issue.pk}-quantity": "1", f"{issue.pk}-narrative": "正在砌墙"})
    data = _bulk(cadre.get("/report/").content.decode())
    assert f"{issue.pk}-copied_from" in data
    answer = cadre.post("/report/", {**data, f"{issue.pk}-quantity": "2", "copy": str(issue.pk)})
    kept = _bulk(answer.content.decode())
    assert (kept[f"{issue.pk}-narrative"], kept[f"{issue.pk}-quantity"]) == ("正在砌墙", "2")
    assert kept[f"{issue.pk}-copied_from"] == str(Report.objects.get().pk)
    assert Report.objects.count() == 1


def test_nonsense_in_the_bulk_page_is_answered_in_words(world: World, cadre: Client) -> None:
    issue = world.issue()
    hidden = world.issue(units=[world.other], township=world.other)
    for data in (
        {},
        {"x-client_id": "1"},
        {f"{hidden.pk}-client_id": str(uuid4()), f"{hidden.pk}-quantity": "1"},
        {f"{issue.pk}-client_id": "no", f"{issue.pk}-quantity": "1", f"{issue.pk}-happened_on": "x"},
        {"9" * 18 + "-client_id": "1"},
        {"copy": "x"},
    ):
        assert cadre.post("/report/", data).status_code in (200, 422)
    assert not Report.objects.exists()


def test_the_bulk_page_costs_as_many_queries_for_many_issues_as_for_one(world: World, cadre: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            cadre.get("/report/")
        return len(asked)

    world.issue()
    queries()
    few = queries()
    for _ in range(5):
        world.issue()
    assert queries() == few


def test_where_nothing_is_left_the_page_says_so(world: World, cadre: Client) -> None:
    assert "没有要填报的问题" in cadre.get("/report/").content.decode()


def test_a_village_reports_its_own_issues_and_its_township_too(world: World, client: Client) -> None:
    village = world.township.children.first()
    assert village is not None
    issue = world.issue(units=[village])
    client.force_login(world.cadre)
    assert issue.number in client.get("/report/").content.decode()


# --- evidence -----------------------------------------------------------------------------------------------


@pytest.fixture
def shown(world: World, cadre: Client) -> Callable[[], tuple[Issue, Evidence]]:
    def added() -> tuple[Issue, Evidence]:
        issue = world.issue()
        data = {"kind": "after", "files": [SimpleUploadedFile("完工.jpg", photo(900, 600))], "note": "新房"}
        assert cadre.post(f"/issues/{issue.number}/add_evidence/", data).status_code == 302
        return issue, Evidence.objects.get(issue=issue)

    return added


def test_a_picture_is_shown_and_a_document_is_kept(world: World, cadre: Client, shown: Any) -> None:
    issue, file = shown()
    address = f"/issues/{issue.number}/evidence/{file.pk}/"
    answer = cadre.get(address)
    small = cadre.get(f"{address}?size=small")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert len(b"".join(small.streaming_content)) < len(b"".join(answer.streaming_content))
    data = {"kind": "document", "files": [SimpleUploadedFile("方案.pdf", PDF)]}
    cadre.post(f"/issues/{issue.number}/add_evidence/", data)
    paper = cadre.get(f"/issues/{issue.number}/evidence/{Evidence.objects.latest('pk').pk}/")
    assert paper["Content-Disposition"].startswith("attachment")
    assert b"".join(paper.streaming_content) == PDF


def test_evidence_is_not_there_for_who_does_not_see_the_issue(
    world: World, client: Client, shown: Any
) -> None:
    """Invariant 3."""
    issue, file = shown()
    other = world.issue(units=[world.other], township=world.other)
    client.force_login(world.neighbour)
    assert client.get(f"/issues/{issue.number}/evidence/{file.pk}/").status_code == 404
    assert client.get(f"/issues/{other.number}/evidence/{file.pk}/").status_code == 404
    client.force_login(world.leader)
    answer = client.get(f"/issues/{issue.number}/evidence/{file.pk}/")
    assert answer.status_code == 200
    answer.close()


def test_evidence_is_struck_on_its_page(world: World, cadre: Client, shown: Any) -> None:
    issue, file = shown()
    address = f"/issues/{issue.number}/evidence/{file.pk}/strike/"
    assert cadre.get(address).status_code == 200
    refused = cadre.post(address, {"reason": " "})
    assert refused.status_code == 409
    assert "写明作废的原因" in refused.content.decode()
    assert cadre.post(address, {"reason": "不是这户"}).status_code == 302
    file.refresh_from_db()
    assert file.struck_at is not None


def test_a_file_that_is_gone_is_said_to_be(world: World, cadre: Client, shown: Any, private: Path) -> None:
    issue, file = shown()
    (private / file.path).unlink()
    assert cadre.get(f"/issues/{issue.number}/evidence/{file.pk}/").status_code == 404


@pytest.mark.parametrize("verb", ["report", "correct_report", "add_evidence", "sign", "verify", "sign_off"])
def test_a_form_sent_for_an_issue_out_of_sight_finds_nothing(world: World, cadre: Client, verb: str) -> None:
    """Invariant 3: neither with a form that is right nor with one that is wrong."""
    hidden = world.issue(units=[world.other], township=world.other)
    right = {"client_id": str(uuid4()), "quantity": "1", "happened_on": DAY, "narrative": "一户"}
    for data in (right, {}, {"copy": "1"}, {"version": "99"}):
        assert cadre.post(f"/issues/{hidden.number}/{verb}/", data).status_code == 404
    assert not Report.objects.exists()
