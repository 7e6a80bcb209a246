"""The import wizard in a real browser and a real house: from a ledger with faults to its issues."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, House, OpenPage, _environment, _run
from tests.conftest import REPOSITORY
from tests.issues.ledgers import ledger, row

PASSWORD = "Ceshi-2018-Mima"
PLACE = {"乡镇": "大石镇", "村": "三门村"}
COMMANDS = (
    ("load_county", "demo/county"),
    ("create_campaign", "gj2018", "百日攻坚", "--unit", "510524"),
    ("create_user", "zgb", "--role", "office", "--unit", "510524", "--password-stdin"),
)


@pytest.fixture(scope="module")
def county_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with a county, a campaign and one account, and no ledger yet."""
    running = _run(tmp_path_factory.mktemp("county-house"), "--no-demo")
    house = next(running)
    for command in COMMANDS:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=REPOSITORY,
            env=_environment(house.folder),
            input=f"{PASSWORD}\n",
            text=True,
            check=True,
            capture_output=True,
        )
    yield house
    running.close()


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
