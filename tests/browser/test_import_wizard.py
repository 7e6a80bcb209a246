"""The import wizard in a real browser and a real house: from a ledger with faults to its issues."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, House, OpenPage, environment_of
from tests.conftest import REPOSITORY
from tests.issues.ledgers import ledger, row

LEDGERS = REPOSITORY / "demo" / "ledgers"
EXPECTED = json.loads((REPOSITORY / "tests" / "samples" / "expected.json").read_text(encoding="utf-8"))[
    "files"
]
PASSWORD = "Ceshi-2018-Mima"
PLACE = {"乡镇": "大石镇", "村": "三门村"}
COMMANDS = (
    ("load_county", "demo/county"),
    ("create_campaign", "gj2018", "百日攻坚", "--unit", "510524"),
    ("create_user", "zgb", "--role", "office", "--unit", "510524", "--password-stdin"),
)


@pytest.fixture(scope="module")
def county_house(own_empty_house: House) -> House:
    """A house with a county, a campaign and one account, and no ledger yet."""
    for command in COMMANDS:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=REPOSITORY,
            env=environment_of(own_empty_house.folder),
            input=f"{PASSWORD}\n",
            text=True,
            check=True,
            capture_output=True,
        )
    return own_empty_house


ROWS = [
    row(1, 单位="大石镇", **PLACE),
    row(2, 单位="县住房局", **PLACE),
    row(3, 单位="大石镇", 时限="6月中旬前", **PLACE),
    row(4, 单位="大石镇", 数量="若干", **PLACE),
    row(5, 单位="大石镇", 数量="几户", **PLACE),
]
"""An unknown unit, a deadline in words, and two quantities nobody can read."""


def _ledger(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "房屋安全台账.csv"
    path.write_bytes(ledger(rows, title=f"{folder.name}房屋安全问题整改台账"))
    return path


def _upload(page: Page, file: Path) -> None:
    page.goto("/import/")
    page.set_input_files("input[type=file]", file)
    page.click("text=上传并识别")
    page.wait_for_url("**/import/*/")


def test_a_ledger_with_faults_becomes_issues(
    county_house: House, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(county_house, user="zgb", password=PASSWORD)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 500 else None)
    _upload(page, _ledger(tmp_path, ROWS))
    expect(page.locator("table.mapping")).to_contain_text("具体问题")

    page.click("text=下一步：需要决定")
    line = page.locator("tr", has_text="县住房局").first
    line.locator("input[name=unit]").fill("县住建局")
    line.locator("button", has_text="是它的别名").click()
    expect(page.locator(".message")).to_contain_text("的别名，以后的台账也认得")
    page.click("text=全部按识别结果确认")
    expect(page.locator("#wizard")).to_contain_text("需要决定的都决定了")

    page.click("text=下一步：读不懂的行")
    page.locator("input[name='cell-0-6-G']").fill("2")
    page.click("text=保存并重新识别")
    expect(page.locator(".message")).to_contain_text("1行已能识别，还有1行")

    page.click("text=下一步：核对并导入")
    page.check("input[name=skip_errors]")
    page.click("button.btn-primary")
    page.click("text=看导入的问题", timeout=60_000)  # the worker writes; the page goes on by itself
    expect(page.locator("#totals")).to_contain_text("共 4 项")
    expect(page.locator("#totals")).to_contain_text("1 行未入库")

    page.click("text=1 行未入库")
    page.locator("input[name=cell-G]").fill("1")
    page.click("text=补录入库")
    expect(page.locator(".message")).to_contain_text("已补录入库")
    assert faults == []


def test_the_same_steps_work_without_scripts_on_a_phone(
    county_house: House, open_page: OpenPage, chromium: Browser, tmp_path: Path
) -> None:
    known = open_page(county_house, user="zgb", password=PASSWORD)
    context = chromium.new_context(
        viewport=PHONE,
        java_script_enabled=False,
        base_url=county_house.url,
        storage_state=known.context.storage_state(),
    )
    page = context.new_page()
    _upload(page, _ledger(tmp_path, [*ROWS[:1], *ROWS[3:]]))
    address = page.url
    for step in ("", "decisions/", "rows/", "confirm/"):
        page.goto(f"{address}{step}")
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"], f"{step or 'recognition'} is wider than the phone"
    page.goto(f"{address}rows/")
    page.locator("input[name='cell-0-4-G']").fill("2")
    page.locator("input[name='cell-0-5-G']").fill("3")
    page.click("text=保存并重新识别")
    expect(page.locator(".message")).to_contain_text("2行已能识别")
    page.goto(f"{address}confirm/")
    page.click("button.btn-primary")
    expect(page.locator("main")).to_contain_text("各张表", timeout=60_000)
    context.close()


def _recognised(page: Page, sheets: dict[str, dict[str, Any]]) -> None:
    """The review of each sheet says what the sheet is: its kind, header, rows, the field of each column."""
    address = page.url
    for at, (name, expected) in enumerate(sheets.items()):
        if len(sheets) > 1:
            page.click(f"ul.tabs a[href$='?at={at}']")
            expect(page.locator(f"ul.tabs a[href$='?at={at}']")).to_have_attribute("aria-current", "true")
        expect(page.locator("#kind"), name).to_have_value(expected["kind"])
        if expected["kind"] != "skipped":
            expect(page.locator("dl.figures")).to_contain_text(f"识别出{expected['rows']:,}行")
            expect(page.locator("dl.figures")).to_contain_text("读不懂0行")
            fields = page.locator("table.mapping tbody select").evaluate_all(
                "all => all.map(one => one.value)"
            )
            assert fields == [column["field"] or "" for column in expected["columns"]], name
    page.goto(address)


def _cells(page: Page, label: str) -> list[list[str]]:
    """The table's rows, as text."""
    rows = page.locator(f"table[aria-label={label}] tbody tr").all()
    return [[text.strip() for text in row.locator("th, td").all_inner_texts()] for row in rows]


def _figures(page: Page) -> dict[str, str]:
    """What the page's figures say: word → number with its measure word."""
    said = [one.inner_text().split("\n") for one in page.locator("dl.figures > div").all()]
    return {word: "".join(rest).strip() for word, *rest in said}


def test_every_ledger_of_the_county_goes_in_through_the_wizard(
    county_house: House, open_page: OpenPage
) -> None:
    page = open_page(county_house, user="zgb", password=PASSWORD)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 400 else None)
    for file, about in EXPECTED.items():
        sheets: dict[str, dict[str, Any]] = about["sheets"]
        rows = sum(sheet.get("rows", 0) for sheet in sheets.values())
        _upload(page, LEDGERS / file)
        _recognised(page, sheets)
        page.click("ol.steps >> text=需要决定")
        page.click("text=下一步：读不懂的行")
        expect(page.locator("#wizard")).to_contain_text("没有读不懂的行")
        page.click("text=下一步：核对并导入")
        expect(page.locator("table[aria-label=导入后会怎样]")).to_be_visible()
        assert sum(int(one[2].replace(",", "")) for one in _cells(page, "导入后会怎样")) == rows
        page.click(f"text=导入，写入{rows:,}条")
        expect(page.locator("h2#sheets-title")).to_be_visible(timeout=60_000)
        assert _figures(page) == {"新增": f"{rows:,}条", "更新": "0条", "未变": "0条", "待处理": "0行"}, file
        shown = {one[0]: one[3:] for one in _cells(page, "各张表")}
        wanted = {name: f"{sheet['rows']:,}" for name, sheet in sheets.items() if sheet.get("rows")}
        assert {name: counts[0] for name, counts in shown.items() if name in wanted} == wanted
        assert all(set(shown[name][1:]) == {"0"} for name in wanted), file
        if "issues" in {sheet["kind"] for sheet in sheets.values()}:
            page.click("text=看导入的问题")
            expect(page.locator("#totals")).to_contain_text(re.compile(f"共 {rows:,} 项"))
    assert broken == []
