"""The import wizard's pages: one file from upload to result, rows left out, who may see what, hostile requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from issues.models import Import, Issue, IssueList, Lead, PendingRow
from issues.services.imports import recognition
from issues.services.imports.files import stored_path
from issues.web import import_urls
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from tests.issues.ledgers import bring, ledger, row
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db
NUL = "\x00"


@dataclass
class Office:
    """An office at its desk: its county, its campaign, its browser."""

    county: Unit
    campaign: Campaign
    user: User
    client: Client

    def upload(self, content: bytes, name: str = "台账.csv", **fields: Any) -> Import:
        given = {"file": SimpleUploadedFile(name, content), "campaign": self.campaign.pk, **fields}
        answer = self.client.post("/import/", {"found_on": "2018-01-10", **given})
        assert answer.status_code == 302, answer.content.decode()
        return Import.objects.latest("pk")

    def see(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.content.decode()

    def send(self, path: str, **fields: str) -> str:
        answer = self.client.post(path, fields, follow=True)
        assert answer.status_code == 200, path
        return answer.content.decode()


@pytest.fixture
def office(on_day: Callable[[str], None], client: Client) -> Office:
    on_day("2018-06-06")
    county = factories.county()
    user = factories.user("office", county)
    client.force_login(user)
    return Office(county, factories.campaign(county), user, client)


class TestOneFile:
    def test_from_upload_to_the_issues(
        self, office: Office, eager_jobs: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        source = office.upload(ledger([row(1), row(2, 完成="已完成", 完成时间="2018年5月2日")]))
        page = office.see(f"/import/{source.pk}/")
        assert "识别出" in page
        assert "具体问题" in page
        assert "没有需要决定的内容" in office.see(f"/import/{source.pk}/decisions/")
        assert "没有读不懂的行" in office.see(f"/import/{source.pk}/rows/")
        assert "导入，写入2条" in office.see(f"/import/{source.pk}/confirm/")
        with django_capture_on_commit_callbacks(execute=True):
            office.client.post(f"/import/{source.pk}/confirm/")
        assert Issue.objects.count() == 2
        result = office.see(f"/import/{source.pk}/")
        assert f"/issues/?import={source.pk}" in result
        assert "共 <strong>2</strong> 项" in office.see(f"/issues/?import={source.pk}")
        assert "已完成" in office.see("/import/")

    def test_a_deadline_and_a_unit_are_decided_on_their_page(self, office: Office) -> None:
        source = office.upload(ledger([row(1, 单位="县住房局"), row(2, 时限="6月中旬前")]))
        page = office.see(f"/import/{source.pk}/decisions/")
        assert "县住房局" in page
        assert "6月中旬前" in page
        keys = {one["raw"]: one["key"] for one in source.report["decisions"]}
        path = f"/import/{source.pk}/decisions/"
        wrong = office.send(path, key=keys["县住房局"], act="alias", unit="没有这个局")
        assert "没有这个局" in wrong, "what was typed stays in its field"
        office.send(path, key=keys["县住房局"], act="alias", unit="住建局")
        told = office.send(path, act="all_as_read")
        assert "需要决定的都决定了" in told
        source.refresh_from_db()
        assert (source.report["error_rows"], source.report["decisions"]) == (0, [])

    def test_a_cell_is_put_right_in_place(self, office: Office) -> None:
        source = office.upload(ledger([row(1), row(2, 数量="若干"), row(3, 数量="几户")]))
        path = f"/import/{source.pk}/rows/"
        assert 'value="若干"' in office.see(path)
        page = office.send(path, **{"cell-0-4-G": "3", "cell-0-5-G": "还是几户"})
        assert "1行已能识别，还有1行" in page
        assert 'value="还是几户"' in page
        assert "没有改动任何一格" in office.send(path, **{"cell-0-5-G": "还是几户"})
        assert "已恢复原文" in office.send(path, restore="0-4")

    def test_another_mapping_reads_the_file_again(self, office: Office) -> None:
        source = office.upload(ledger([row(1, 进展="甲")]))
        page = office.send(
            f"/import/{source.pk}/sheet/", at="0", kind="issues", header_rows="2", **{"column-J": "note"}
        )
        assert "已按改动重新识别" in page
        source.refresh_from_db()
        fields = {column["letter"]: column["field"] for column in source.report["sheets"][0]["columns"]}
        assert fields["J"] == "note"
        refused = office.send(f"/import/{source.pk}/sheet/", at="0", kind="issues", header_rows="三到四")
        assert 'value="三到四"' in refused

    def test_wrong_rows_stop_it_unless_they_may_wait(
        self, office: Office, eager_jobs: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        source = office.upload(ledger([row(1), row(2, 数量="若干")]))
        assert "还有1行读不懂" in office.send(f"/import/{source.pk}/confirm/")
        with django_capture_on_commit_callbacks(execute=True):
            office.client.post(f"/import/{source.pk}/confirm/", {"skip_errors": "yes"})
        assert Issue.objects.count() == 1
        assert "处理未入库的1行" in office.see(f"/import/{source.pk}/")
        assert "另有" in office.see("/issues/")

    def test_a_locked_list_asks_for_the_reason_and_keeps_it(self, office: Office) -> None:
        bring(ledger([row(1)]), campaign=office.campaign, by=office.user)
        IssueList.objects.update(locked_at=clock.now())
        source = office.upload(ledger([row(1), row(2)]))
        page = office.see(f"/import/{source.pk}/confirm/")
        assert "已锁定" in page
        assert "须说明理由" in office.send(f"/import/{source.pk}/confirm/")
        office.client.post(f"/import/{source.pk}/confirm/", {"reason": "督查反馈新增"})
        source.refresh_from_db()
        assert (source.status, source.reason) == ("queued", "督查反馈新增")

    def test_a_later_file_shows_what_would_change_and_opens_the_rows(self, office: Office) -> None:
        bring(ledger([row(1), row(2), row(3)]), campaign=office.campaign, by=office.user)
        source = office.upload(ledger([row(1), row(2, 进展="已进场"), row(9)]))
        page = office.see(f"/import/{source.pk}/confirm/")
        for what in ("created", "updated", "unchanged", "missing"):
            assert f"what={what}" in page
        updated = office.see(f"/import/{source.pk}/changes/?what=updated")
        assert "整改进展：（空） → 已进场" in updated
        number = Issue.objects.get(ledger_number="3").number
        assert number in office.see(f"/import/{source.pk}/changes/?what=missing")

    def test_progress_survives_leaving_the_page(self, office: Office) -> None:
        source = office.upload(ledger([row(1)]))
        office.client.post(f"/import/{source.pk}/confirm/")  # nobody works the queue here
        assert "正在排队" in office.see(f"/import/{source.pk}/")
        fragment = office.client.get(f"/import/{source.pk}/progress/", headers={"HX-Request": "true"})
        assert b"hx-get" in fragment.content
        Import.objects.filter(pk=source.pk).update(status="done")
        over = office.client.get(f"/import/{source.pk}/progress/", headers={"HX-Request": "true"})
        assert over.headers["HX-Redirect"] == f"/import/{source.pk}/"

    def test_a_big_file_is_read_by_the_worker(
        self,
        office: Office,
        monkeypatch: pytest.MonkeyPatch,
        eager_jobs: None,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        monkeypatch.setattr(recognition, "READ_HERE_BYTES", 10)
        with django_capture_on_commit_callbacks() as queued:
            source = office.upload(ledger([row(1), row(2, 数量="若干")]))
        source.refresh_from_db()
        assert source.status == "reading"
        assert "正在识别" in office.see(f"/import/{source.pk}/")
        for work in queued:
            work()
        source.refresh_from_db()
        assert source.status == "ready"
        page = office.send(f"/import/{source.pk}/rows/", **{"cell-0-4-G": "3"})
        assert "重新识别后生效" in page
        assert "先重新识别" in office.send(f"/import/{source.pk}/confirm/", skip_errors="yes")
        with django_capture_on_commit_callbacks(execute=True):
            office.client.post(f"/import/{source.pk}/restart/")
        source.refresh_from_db()
        assert source.report["error_rows"] == 0


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("空.xlsx", b"", "这份文件是空的"),
            ("（机密）台账.csv", b"a,b", "不得处理涉密信息"),
            ("没选.csv", None, "请选择一份台账文件"),
        ],
    )
    def test_an_upload_that_is_not_taken_says_why_and_keeps_the_rest(
        self, office: Office, name: str, content: bytes | None, said: str
    ) -> None:
        fields: dict[str, Any] = {"campaign": office.campaign.pk, "ref_date": "2018-05-20"}
        if content is not None:
            fields["file"] = SimpleUploadedFile(name, content)
        page = office.client.post("/import/", fields).content.decode()
        assert said in page
        assert 'value="2018-05-20"' in page
        assert not Import.objects.exists()

    @pytest.mark.parametrize(
        "content", [b"<html><table><tr><td>1</td></tr></table></html>", b"PK\x03\x04 broken", b"%PDF-1.7"]
    )
    def test_what_is_no_workbook_gets_one_sentence(self, office: Office, content: bytes) -> None:
        source = office.upload(content, "台账.xls")
        source.refresh_from_db()
        assert source.status == "refused"
        page = office.see(f"/import/{source.pk}/")
        assert source.message in page
        assert "没有写入任何内容" in page

    def test_a_mark_inside_the_sheet_is_refused_and_the_file_is_gone(self, office: Office) -> None:
        source = office.upload(ledger([row(1)], title="机密★10年"))
        source.refresh_from_db()
        assert "不得处理涉密信息" in office.see(f"/import/{source.pk}/")
        assert not stored_path(source).exists()

    def test_a_list_of_another_campaign_is_refused(self, office: Office) -> None:
        other = factories.issue_list(factories.campaign(office.county, code="other"))
        content = SimpleUploadedFile("台账.csv", ledger([row(1)]))
        fields = {"file": content, "campaign": office.campaign.pk, "list": other.pk}
        assert "不属于所选的工作" in office.client.post("/import/", fields).content.decode()


class TestRowsLeftOut:
    def _left_out(self, office: Office) -> PendingRow:
        content = ledger([row(1), row(2, 数量="若干", household="张三丰", 进展="电话13812345678")])
        bring(content, campaign=office.campaign, by=office.user, skip_errors=True)
        return PendingRow.objects.get()

    def test_a_row_is_mended_from_the_list_of_all(self, office: Office) -> None:
        pending = self._left_out(office)
        page = office.see("/import/pending/")
        assert 'value="若干"' in page
        path = f"/import/pending/{pending.pk}/mend/"
        page = office.send(path, here="/import/pending/", **{"cell-G": "2", "cell-D": "张**"})
        assert "已补录入库" in page
        assert Issue.objects.get(ledger_number="2").household == "张三丰"
        assert "已处理 1" in page

    def test_a_refused_row_keeps_what_was_typed(self, office: Office) -> None:
        pending = self._left_out(office)
        page = office.send(f"/import/pending/{pending.pk}/mend/", **{"cell-G": "很多户"})
        assert 'value="很多户"' in page
        assert "没有入库" in page

    def test_a_row_is_dropped_with_a_reason_only(self, office: Office) -> None:
        pending = self._left_out(office)
        path = f"/import/pending/{pending.pk}/drop/"
        assert "请写明不入库的理由" in office.send(path)
        assert "理由已记下" in office.send(path, reason="与第1行重复")
        assert "不入库" in office.see("/import/pending/?settled=yes")

    def test_the_way_back_never_leaves_the_site(self, office: Office) -> None:
        pending = self._left_out(office)
        path = f"/import/pending/{pending.pk}/drop/"
        answer = office.client.post(path, {"reason": "重复", "here": "//evil.example/import/"})
        assert answer.headers["Location"] == f"/import/{pending.sheet.source_id}/pending/"

    def test_persons_are_masked(self, office: Office) -> None:
        pending = self._left_out(office)
        for path in ("/import/pending/", f"/import/{pending.sheet.source_id}/pending/"):
            page = office.see(path)
            assert "张三丰" not in page
            assert "13812345678" not in page


class TestTakingBack:
    def test_the_page_says_what_goes_and_it_goes(self, office: Office) -> None:
        bring(ledger([row(1), row(2)]), campaign=office.campaign, by=office.user)
        source = Import.objects.get()
        assert "撤回这2条" in office.see(f"/import/{source.pk}/withdraw/")
        assert "已整份撤回" in office.send(f"/import/{source.pk}/withdraw/")
        assert not Issue.objects.present().exists()
        assert "不能撤回" in office.see(f"/import/{source.pk}/withdraw/")

    def test_the_page_says_what_is_put_back_and_it_is(self, office: Office) -> None:
        bring(ledger([row(1), row(2)]), campaign=office.campaign, by=office.user)
        changed = ledger([row(1, 进展="进场"), row(2), row(3)])
        bring(changed, campaign=office.campaign, by=office.user)
        source = Import.objects.latest("pk")
        page = office.see(f"/import/{source.pk}/withdraw/")
        assert "带来的全部1条，把它更改过的1条还原成导入前的样子" in page
        assert "撤回这2条" in page
        assert "已整份撤回" in office.send(f"/import/{source.pk}/withdraw/")
        assert Issue.objects.get(ledger_number="1").progress == ""
        assert Issue.objects.present().count() == 2

    def test_the_kept_file_is_handed_out_for_a_reason_on_record(self, office: Office) -> None:
        content = ledger([row(1)])
        bring(content, campaign=office.campaign, by=office.user)
        source = Import.objects.get()
        assert "请写明下载的理由" in office.send(f"/import/{source.pk}/file/")
        answer = office.client.post(f"/import/{source.pk}/file/", {"reason": "核对原件"})
        assert answer.getvalue() == content
        assert "核对原件" in Event.objects.get(action="download_file").summary


class TestWhoSees:
    def test_an_office_of_another_county_sees_nothing(self, office: Office, client: Client) -> None:
        bring(
            ledger([row(1), row(2, 数量="若干")]),
            campaign=office.campaign,
            by=office.user,
            skip_errors=True,
        )
        source, pending = Import.objects.get(), PendingRow.objects.get()
        elsewhere = factories.unit("880001", "乙县", "county")
        client.force_login(factories.user("office", elsewhere))
        assert "台账.csv" not in client.get("/import/").content.decode()
        assert "若干" not in client.get("/import/pending/").content.decode()
        for path in (f"/import/{source.pk}/", f"/import/{source.pk}/pending/", f"/import/{source.pk}/file/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/import/pending/{pending.pk}/mend/").status_code == 404
        fields = {"file": SimpleUploadedFile("a.csv", b"1,2"), "campaign": office.campaign.pk}
        assert "还没有可以导入的工作" in client.post("/import/", fields).content.decode()
        factories.campaign(elsewhere, code="elsewhere")
        fields["file"] = SimpleUploadedFile("a.csv", b"1,2")
        assert "没有这项工作" in client.post("/import/", fields).content.decode()
        assert Import.objects.count() == 1

    @pytest.mark.parametrize("role", ["cadre", "leader", "auditor", "sysadmin", "department_staff"])
    def test_others_are_told_who_may_import(self, office: Office, client: Client, role: str) -> None:
        client.force_login(factories.user(role, office.county))
        answer = client.get("/import/")
        assert answer.status_code == 403
        assert "不能导入台账" in answer.content.decode()

    def test_leads_are_read_by_who_brought_them_alone(self, office: Office, client: Client) -> None:
        head = "序号,报送单位,报送时间,线索来源,问题类型,线索内容,是否有效,备注\n"
        rows = "1,甲镇,2018年5月2日,群众来信,作风,某干部优亲厚友虚报冒领,有效,\n2,甲镇,不详的一天,来访,作风,低保评议走过场,说不清,\n"
        content = ("某县问题线索报送汇总表\n" + head + rows).encode()
        source = office.upload(content, "线索.csv")
        source.refresh_from_db()
        assert source.report["sheets"][0]["kind"] == "leads"
        secret = "优亲厚友"
        assert secret in office.see(f"/import/{source.pk}/")
        bring(content, campaign=office.campaign, by=office.user, name="线索.csv", skip_errors=True)
        assert Lead.objects.exists()
        done = Import.objects.latest("pk")
        client.force_login(factories.user("office", office.county))
        for path in ("", "decisions/", "rows/", "confirm/", "changes/?what=created", "pending/"):
            page = client.get(f"/import/{source.pk}/{path}").content.decode()
            assert secret not in page
            assert "低保评议" not in page
        assert "低保评议" not in client.get("/import/pending/").content.decode()
        refused = client.post(f"/import/{done.pk}/file/", {"reason": "看看"}, follow=True)
        assert "只有经手导入的人可以下载" in refused.content.decode()


HOSTILE = (
    "",
    "-1",
    "0",
    "99999999999999999999999",
    "１",
    "1e9",
    "NaN",
    "'; DROP TABLE--",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    f"a{NUL}b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "A" * 5000,
    "2018-02-30",
    "年" * 400,
)
FIELDS = (
    "at",
    "page",
    "what",
    "status",
    "q",
    "kind",
    "header_rows",
    "column-A",
    "column-ZZZZ",
    "ref_date",
    "found_on",
    "act",
    "key",
    "unit",
    "near",
    "name",
    "level",
    "class",
    "due_on",
    "long",
    "restore",
    "cell-0-4-G",
    "cell-9-4-G",
    "cell-0-99999999-G",
    "cell-0-4-ZZZ",
    "cell-G",
    "cell-",
    "cell-x-y-z",
    "skip_errors",
    "reason",
    "here",
    "campaign",
    "list",
    "settled",
    "file",
)


class TestHostile:
    @pytest.mark.parametrize("name", [pattern.name for pattern in import_urls.urlpatterns])
    def test_no_request_breaks_a_page(self, office: Office, client: Client, name: str) -> None:
        content = ledger([row(1), row(2, 数量="若干", 单位="某公司", 时限="6月中旬前")])
        bring(content, campaign=office.campaign, by=office.user, skip_errors=True)
        ids = {"import_id": office.upload(content).pk, "pending_id": PendingRow.objects.get().pk}
        pattern = next(one for one in import_urls.urlpatterns if one.name == name)
        needed = {one: ids[one] for one in pattern.pattern.converters}
        path = reverse(f"issues:{name}", kwargs=needed)
        for value in HOSTILE[::2]:
            Import.objects.filter(pk=ids["import_id"]).update(status="ready")
            for answer in (
                client.get(path, {field: value for field in FIELDS if field != "file"}),
                client.post(path, dict.fromkeys(FIELDS, value)),
            ):
                self._check(answer, value)
        for answer in (
            client.post(path, b"\xff\xfe{", content_type="application/json"),
            client.put(path, b"\xff", content_type="text/plain"),
            client.delete(path),
            client.head(path),
        ):
            self._check(answer, "")

    def _check(self, answer: Any, value: str) -> None:
        assert answer.status_code < 500, value
        if answer.streaming:
            answer.getvalue()
        else:
            assert "<script>alert(1)" not in answer.content.decode("utf-8", "replace")

    @pytest.mark.parametrize("act", ["alias", "new", "text", "deadline", "as_read", "all_as_read", "undo"])
    def test_every_act_takes_nonsense(self, office: Office, client: Client, act: str) -> None:
        source = office.upload(ledger([row(1, 单位="某公司"), row(2, 时限="6月中旬前")]))
        keys = ["", "x", *(one["key"] for one in source.report["decisions"])]
        for value in HOSTILE[::3]:
            for key in keys:
                fields = dict.fromkeys(("unit", "name", "level", "class", "due_on", "long"), value)
                answer = client.post(f"/import/{source.pk}/decisions/", {"act": act, "key": key, **fields})
                assert answer.status_code < 500

    def test_numbers_beyond_the_database_are_not_found(self, office: Office, client: Client) -> None:
        for number in ("0", "9223372036854775808", "9" * 40):
            for tail in ("", "rows/", "confirm/", "file/", "withdraw/"):
                assert client.get(f"/import/{number}/{tail}").status_code == 404
            assert client.post(f"/import/pending/{number}/mend/").status_code == 404


class TestQueries:
    def test_the_rows_left_out_cost_the_same_however_many(
        self, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        wrong = [row(number, 数量="若干") for number in range(2, 18)]
        bring(ledger([row(1), *wrong]), campaign=office.campaign, by=office.user, skip_errors=True)
        office.see("/import/pending/")
        with django_assert_max_num_queries(12):
            office.see("/import/pending/")

    def test_the_list_of_files_costs_the_same_however_many(
        self, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(6):
            bring(ledger([row(1)], title=f"第{number}份问题台账"), campaign=office.campaign, by=office.user)
        office.see("/import/")
        with django_assert_max_num_queries(14):
            office.see("/import/")
