"""A list taken out: in the layout it came in, masked, on record, and of no effect when it comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client

from issues import tasks
from issues.models import Export, Issue
from issues.rules.layouts import STANDARD, IssueFacts, LayoutColumn, cell, layout_of
from townships.models import Event, Unit, User
from townships.rules.roles import Role
from townships.services import accounts

ROOT = Path(__file__).resolve().parents[2] / "demo"
LEDGER = "危房改造问题台账.xlsx"


def run(command: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def person(name: str, role: Role, unit: str) -> User:
    account = accounts.NewAccount(name, name, role, Unit.objects.get(code=unit), password="Mima-2018-abc")
    return accounts.create(account, by=None)[0]


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.RECTIFY_TODAY", date(2018, 6, 6))
        run("load_county", str(ROOT / "county"))
        run("create_campaign", "gj2018", "夏季战役·百日攻坚", "--start", "2018-06-01")
        run("import_sheet", str(ROOT / "ledgers" / LEDGER), "--ref-date", "2018-05-20")
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def office(db: None, ledger: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return person("office", Role.OFFICE, "510524")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def taken(user: User, query: str = "") -> bytes:
    """The workbook of a query, asked for and fetched by address."""
    client = browser(user)
    with_reason = client.post(f"/issues/export/?{query}", {"reason": "报县领导小组"}, follow=True)
    assert with_reason.status_code == 200
    export = Export.objects.get(owner=user)
    tasks.run_export(export.pk)
    answer = client.get(f"/issues/export/{export.pk}/file/")
    return b"".join(answer.streaming_content)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path


def test_an_unchanged_export_that_comes_back_changes_nothing(office: User, tmp_path: Path) -> None:
    path = tmp_path / "回来.xlsx"
    path.write_bytes(taken(office))
    report = run("import_sheet", str(path), "--ref-date", "2018-05-20")
    counts = [
        (one["written"], one["created"], one["updated"], one["missing"], one["conflicts"], one["pending"])
        for one in report["sheets"]
    ]
    assert counts == [(True, 0, 0, 0, 0, 0)] * 4
    assert sum(one["unchanged"] for one in report["sheets"]) == Issue.objects.count() == 367
    assert run("verify_ledger")["ok"]


def test_a_sheet_goes_out_with_the_columns_and_the_title_it_came_with(office: User) -> None:
    book = openpyxl.load_workbook(BytesIO(taken(office)))
    original = openpyxl.load_workbook(ROOT / "ledgers" / LEDGER)
    assert book.sheetnames == original.sheetnames
    sheet, was = book["资金拨付"], original["资金拨付"]
    assert sheet["A1"].value == was["A1"].value
    names = [sheet.cell(3, column).value for column in range(1, 18)]
    assert [name.replace("\n", "") for name in names[:16]] == [
        str(was.cell(3, column).value).replace("\n", "").replace(" ", "") for column in range(1, 17)
    ]
    assert names[16] == "系统编号"
    assert sheet.column_dimensions["Q"].hidden
    assert Decimal(str(sheet["F4"].value)) == Decimal("60.11")


def test_an_export_holds_exactly_what_the_list_shows(office: User) -> None:
    book = openpyxl.load_workbook(BytesIO(taken(office, "township=510524108&measure=left")))
    keys = [
        row[-1]
        for sheet in book
        for row in sheet.iter_rows(min_row=4, values_only=True)
        if str(row[-1]).startswith("WT")
    ]
    shown = [one for one in Issue.objects.filter(township__code="510524108") if one.left > 0]
    assert sorted(keys) == sorted(one.number for one in shown)


def test_names_leave_masked_for_the_office_and_clear_for_their_own_township(office: User) -> None:
    Issue.objects.filter(township__code="510524108", household__gt="").update(
        household="欧阳建国", cells={}, description="身份证51052419780304123X 电话13812345678"
    )
    own = taken(person("cadre", Role.CADRE, "510524108"))
    texts = {who: _texts(content) for who, content in (("office", taken(office)), ("own", own))}
    assert "欧阳建国" not in texts["office"]
    assert "欧阳建国" in texts["own"]
    for text in texts.values():
        assert "51052419780304123X" not in text
        assert "13812345678" not in text


def _texts(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content))
    return "\n".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row
    )


def test_what_looks_like_a_formula_goes_out_as_text(office: User) -> None:
    Issue.objects.update(description="=HYPERLINK(1)", cells={})
    book = openpyxl.load_workbook(BytesIO(taken(office)))
    found = [
        one for sheet in book for row in sheet.iter_rows() for one in row if one.value == "=HYPERLINK(1)"
    ]
    assert found
    assert {one.data_type for one in found} == {"s"}


def test_without_a_reason_nothing_is_exported_and_what_was_typed_is_kept(office: User) -> None:
    answer = browser(office).post("/issues/export/?q=%E6%88%BF", {"reason": "  "})
    assert answer.status_code == 400
    assert "请写明导出的用途。" in answer.content.decode()
    assert not Export.objects.exists()


def test_who_took_what_and_why_is_on_record_and_in_the_file(office: User) -> None:
    content = taken(office)
    event = Event.objects.get(subject_type="export")
    assert event.actor == office
    assert "用途：报县领导小组" in event.summary
    assert "用途：报县领导小组" in _texts(content)


def test_nobody_fetches_the_file_of_somebody_else(office: User) -> None:
    taken(office)
    export = Export.objects.get()
    other = person("other", Role.OFFICE, "D07")
    assert browser(other).get(f"/issues/export/{export.pk}/").status_code == 404
    assert browser(other).get(f"/issues/export/{export.pk}/file/").status_code == 404


def test_an_export_of_nothing_is_a_sheet_that_says_so(office: User) -> None:
    assert "没有符合条件的问题" in _texts(taken(office, "q=查无此事"))


# --- cells, purely --------------------------------------------------------------------------------------------


def facts(**more: Any) -> IssueFacts:
    given = {
        "number": "WT2018-000001",
        "now": {},
        "cells": {},
        "changed": frozenset(),
        "sees_household": False,
    }
    return IssueFacts(**{**given, **more})


def test_a_cell_is_the_ledgers_own_text_until_its_field_changed() -> None:
    column = LayoutColumn("H", ("是否完成",), "done")
    assert cell(column, facts(now={"done": True}, cells={"H": "基本完成"})) == "基本完成"
    changed = facts(now={"done": True}, cells={"H": "基本完成"}, changed=frozenset({"done"}))
    assert cell(column, changed) == "是"


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("3058.47", Decimal("3058.47")), ("007", "007"), ("2万元", "2万元"), ("1E3", "1E3")],
)
def test_a_plain_number_goes_out_as_a_number_and_nothing_else_does(text: str, value: object) -> None:
    assert cell(LayoutColumn("G", ("数量",), "quantity"), facts(cells={"G": text})) == value


def test_a_sheet_that_named_its_categories_in_section_rows_gets_a_column_for_them() -> None:
    columns = layout_of([{"letter": "A", "path": ["序号"], "field": "number"}])
    assert [column.field for column in columns] == ["number", "category"]
    assert "category" in [column.field for column in STANDARD]
