"""The county's own ledgers read as tests/samples/expected.json says, sheet by sheet."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from issues.rules.reading import read_workbook
from issues.rules.report import RowReport, SheetReport
from rectify.lib.sheets.reader import read_book
from tests.issues.sheet_building import MAY_20, REPOSITORY, context

EXPECTED = json.loads((REPOSITORY / "tests" / "samples" / "expected.json").read_text())["files"]
SHEETS = [(file, name) for file, about in EXPECTED.items() for name in about["sheets"]]
OF_KIND = {
    kind: [(file, name) for file, name in SHEETS if EXPECTED[file]["sheets"][name]["kind"] == kind]
    for kind in ("issues", "projects", "leads", "funds")
}


@cache
def reports(file: str) -> dict[str, SheetReport]:
    book = read_book(REPOSITORY / "demo" / "ledgers" / file)
    return {report.name: report for report in read_workbook(book, context(file_name=file)).sheets}


def both(file: str, name: str) -> tuple[SheetReport, dict[str, Any]]:
    return reports(file)[name], EXPECTED[file]["sheets"][name]


@pytest.mark.parametrize("file", EXPECTED)
def test_a_file_has_the_sheets_expected(file: str) -> None:
    assert list(reports(file)) == list(EXPECTED[file]["sheets"])


@pytest.mark.parametrize(("file", "name"), SHEETS)
def test_a_sheet_is_understood_as_expected(file: str, name: str) -> None:
    report, expected = both(file, name)
    shown = report.to_json()
    for key in (
        "kind",
        "title",
        "as_of",
        "header_rows",
        "first_data_row",
        "last_data_row",
        "columns",
        "skipped",
    ):
        if key in expected:
            assert shown[key] == expected[key], key
    assert shown["errors"] == []
    assert len(shown["rows"]) == expected.get("rows", 0)
    if expected["kind"] == "skipped":
        assert "统计表" in shown["why"]


def _alike(found: Any, expected: Any) -> bool:
    if isinstance(expected, str) and isinstance(found, str):
        try:
            return Decimal(found) == Decimal(expected)
        except ArithmeticError:
            return found == expected
    return bool(found == expected)


@pytest.mark.parametrize(("file", "name"), SHEETS)
def test_the_examples_of_a_sheet_are_read_as_shown(file: str, name: str) -> None:
    report, expected = both(file, name)
    rows = {row["row"]: row["fields"] for row in report.to_json()["rows"]}
    for example in expected.get("examples", ()):
        found = rows[example["row"]]
        wrong = {
            key: (found.get(key), value)
            for key, value in example["fields"].items()
            if not _alike(found.get(key), value)
        }
        assert not wrong, example["row"]


def done_by(row: RowReport, day: date) -> Decimal:
    quantity = row.fields.get(
        "done_quantity", row.fields["quantity"] if row.fields.get("done") else Decimal(0)
    )
    return quantity if row.fields.get("done_on", MAY_20) <= day else Decimal(0)


def issue_tally(rows: list[RowReport], day: date = MAY_20) -> dict[str, Decimal]:
    total = sum((row.fields["quantity"] for row in rows), Decimal(0))
    done = sum((done_by(row, day) for row in rows), Decimal(0))
    return {"total": total, "done": done, "remaining": total - done}


def grouped(rows: list[RowReport], name: str) -> Iterator[tuple[str, list[RowReport]]]:
    groups: defaultdict[str, list[RowReport]] = defaultdict(list)
    for row in rows:
        if name in row.fields:
            groups[row.fields[name]].append(row)
    return iter(groups.items())


def assert_tally(found: dict[str, Decimal], expected: dict[str, Any]) -> None:
    assert found == {key: Decimal(str(expected[key])) for key in found}


@pytest.mark.parametrize(("file", "name"), OF_KIND["issues"])
def test_the_tally_of_issues_holds_whole_by_category_and_by_township(file: str, name: str) -> None:
    report, expected = both(file, name)
    tally = expected["tally"]
    assert {row.fields["counted_in"] for row in report.rows} == {tally["counted_in"]}
    assert_tally(issue_tally(report.rows), tally)
    for category, rows in grouped(report.rows, "category"):
        assert_tally(issue_tally(rows), tally["by_category"][category])
        for township, here in (
            grouped(rows, "township") if "by_township" in tally["by_category"][category] else ()
        ):
            assert_tally(issue_tally(here), tally["by_category"][category]["by_township"][township])
    for township, rows in grouped(report.rows, "township") if "by_township" in tally else ():
        assert_tally(issue_tally(rows), tally["by_township"][township])


@pytest.mark.parametrize(
    ("file", "name"),
    [(file, name) for file, name in SHEETS if "deadline_forms" in EXPECTED[file]["sheets"][name]],
)
def test_deadlines_are_kept_as_written(file: str, name: str) -> None:
    report, expected = both(file, name)
    raws = Counter(row.fields["deadline"].raw if "deadline" in row.fields else "" for row in report.rows)
    assert raws == expected["deadline_forms"]
    if "deadline_classes" in expected:
        classes = Counter(row.fields["deadline"].kind.value for row in report.rows)
        assert classes == expected["deadline_classes"]
        assert sum(row.fields["deadline"].long for row in report.rows) == expected["long_flag"]


def test_the_relocation_ledger_stands_on_every_day_as_the_speech_says() -> None:
    report, expected = both("易地扶贫搬迁问题整改台账.xlsx", "台账")
    for day, remaining in expected["remaining_on"].items():
        assert issue_tally(report.rows, date.fromisoformat(day))["remaining"] == remaining, day
    column = next(column for column in report.columns if column.field == "done")
    words = Counter(row.cells[column.letter] for row in report.rows)
    assert words == expected["done_words"]
    assert report.found_on == date(2017, 12, 31)


@pytest.mark.parametrize(
    ("file", "name"),
    [("易地扶贫搬迁问题整改台账.xlsx", "台账"), ("小额信贷问题台账.xls", "小额信贷")],
)
def test_former_names_are_read_as_today_s_with_one_warning_per_cell(file: str, name: str) -> None:
    report, expected = both(file, name)
    rows = {row.row: row.fields for row in report.rows}
    warned = [warning.row for warning in report.warnings if "按旧名识别" in warning.message]
    assert warned == [former["rows"][0] for former in expected["former_names"]]
    for former in expected["former_names"]:
        for row in range(former["rows"][0], former["rows"][1] + 1):
            assert rows[row]["township"] == former["official"]


def test_the_credit_ledger_says_of_most_loans_nothing() -> None:
    report, expected = both("小额信贷问题台账.xls", "小额信贷")
    said = Counter(row.fields.get("done") for row in report.rows)
    stated = expected["done_stated"]
    assert said == {True: stated["yes"], False: stated["no"], None: stated["not_stated"]}
    assert report.found_on == date(2017, 11, 30)


def test_the_credit_ledger_s_money_adds_up_with_cells_in_yuan() -> None:
    report, expected = both("小额信贷问题台账.xls", "小额信贷")
    money = expected["money"]
    assert sum(row.fields["amount"] for row in report.rows) == Decimal(money["total"])
    for category, rows in grouped(report.rows, "category"):
        assert sum(row.fields["amount"] for row in rows) == Decimal(money["by_category"][category])
    places = {row.row: row.fields.get("place") for row in report.rows}
    assert places[157] == "一社"


def test_the_inspection_s_measures_are_told_apart() -> None:
    report, expected = both("脱贫攻坚专项巡察问题反馈表.csv", "脱贫攻坚专项巡察问题反馈表")
    assert sum(len(row.fields["actions"]) for row in report.rows) == expected["actions"]
    assert len({row.fields["category"] for row in report.rows}) == expected["categories"]
    assert Counter(row.extra["整改类型"] for row in report.rows) == expected["rectification_types"]


def project_tally(rows: list[RowReport]) -> dict[str, Decimal]:
    tally: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        quantity = row.fields["quantity"]
        tally["arranged"] += quantity
        for stage in ("allotted", "started", "completed"):
            tally[stage] += quantity if row.fields.get(stage) else Decimal(0)
    tally["not_started"] = tally["allotted"] - tally["started"]
    tally["not_allotted"] = tally["arranged"] - tally["allotted"]
    return dict(tally)


@pytest.mark.parametrize(("file", "name"), OF_KIND["projects"])
def test_the_tally_of_projects_holds_whole_by_township_and_by_programme(file: str, name: str) -> None:
    report, expected = both(file, name)
    assert report.programme == expected["programme"]
    tally = expected["tally"]
    assert {row.fields["counted_in"] for row in report.rows} == {tally["counted_in"]}
    found = project_tally(report.rows)
    assert found == {key: tally.get(key, 0) for key in found}
    for group in ("township", "programme"):
        for value, rows in grouped(report.rows, group) if f"by_{group}" in tally else ():
            wanted = tally[f"by_{group}"][value]
            assert {key: project_tally(rows)[key] for key in wanted} == wanted
    column = next(column for column in report.columns if column.field == "started")
    words = Counter(row.cells.get(column.letter, "") for row in report.rows)
    assert words == expected["start_words"] or "start_words" not in expected


def test_works_are_arranged_on_new_year_and_never_after_a_step() -> None:
    for file, name in OF_KIND["projects"]:
        for row in reports(file)[name].rows:
            steps = [
                row.fields[step]
                for step in ("allotted_on", "started_on", "completed_on")
                if step in row.fields
            ]
            assert row.fields["arranged_on"] <= min(steps, default=row.fields["arranged_on"])
            assert row.fields["arranged_on"].year in (2017, 2018)


def test_the_funds_table_shows_who_got_more_than_is_due() -> None:
    report, expected = both("易搬资金下达核对表.xlsx", "核对表")
    money = expected["money"]
    rows = {row.fields["township"]: row.fields for row in report.rows}
    assert sum(row["people"] for row in rows.values()) == money["people"]
    assert sum(row["due_amount"] for row in rows.values()) == Decimal(money["due"])
    assert sum(row["funded_amount"] for row in rows.values()) == Decimal(money["funded"])
    over = {
        township: row["funded_amount"] - row["due_amount"]
        for township, row in rows.items()
        if row["funded_amount"] > row["due_amount"]
    }
    assert over == {township: Decimal(amount) for township, amount in money["over_by_township"].items()}
    assert not report.warnings


def test_the_leads_are_told_by_source_and_validity() -> None:
    report, expected = both("问题线索报送汇总.xlsx", "线索明细")
    for source, rows in grouped(report.rows, "source"):
        valid = Counter(row.fields.get("valid") for row in rows)
        found = {"total": len(rows), "valid": valid[True], "invalid": valid[False], "open": valid[None]}
        assert found == expected["tally"]["by_source"][source]
    told = expected["tally"]["reporting"]["乡镇"]
    townships = {row.fields["reported_by"] for row in report.rows if row.fields["source"] == "乡镇报送"}
    assert len(townships) == told["reported"]
    assert not townships & set(told["reported_none"])
