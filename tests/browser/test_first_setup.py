"""From an empty start through set-up and the import of two ledgers to a tally, every number of it clicked."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE_RULES, PHONE, House, OpenPage
from tests.conftest import REPOSITORY

COUNTY = REPOSITORY / "demo" / "county"
LEDGERS = REPOSITORY / "demo" / "ledgers"
SAMPLES = ("易地扶贫搬迁问题整改台账.xlsx", "危房改造问题台账.xlsx")
FIRST = {
    "county_name": "叙永县",
    "county_code": "510524",
    "admin_name": "管某某",
    "admin_password": "Guanli-2018x",
    "admin_again": "Guanli-2018x",
    "office_name": "何某某",
    "office_password": "Zhenggai-2018",
    "office_again": "Zhenggai-2018",
}
CAMPAIGN = {
    "code": "bjgj2018",
    "name": "夏季战役·百日攻坚",
    "start_on": "2018-06-01",
    "end_on": "2018-09-08",
    "list_lock_on": "2018-06-02",
    "plan_due_on": "2018-06-05",
}
PEOPLE = (
    ("姓名", "单位", "角色", "职务", "电话"),
    ("唐某某", "分水镇", "填报员", "信息员", "13800001234"),
    ("曾某某", "分水镇人民政府", "主要负责人", "镇党委书记", ""),
    ("吴某某", "县住建局", "经办", "村镇股股长", ""),
)
PAGES = (
    "/setup/", "/setup/units/", "/setup/campaign/", "/setup/campaign/bjgj2018/", "/setup/categories/",
    "/setup/accounts/", "/lists/", "/lists/add/",
)  # fmt: skip
# What the list says of itself, by the measure in its address.
SAID = {
    "": r"合计 ([\d,.]+)",
    "items": r"合计 ([\d,.]+)",
    "found": r"合计 ([\d,.]+)",
    "removed": r"调出 ([\d,.]+)",
    "claimed": r"上报整改 ([\d,.]+)",
    "confirmed": r"核实整改 ([\d,.]+)",
    "left": r"未整改 ([\d,.]+)",
}
OTHERS = r"其中\S+ ([\d,.]+)"


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def county_rows(name: str) -> list[list[str]]:
    with (COUNTY / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [list(row) for row in csv.reader(lines)]


@pytest.fixture
def units_file(tmp_path: Path) -> Path:
    """The county as an office would hand it over: three sheets, townships by name."""
    townships = county_rows("townships")[1:]
    names = {row[0]: row[1] for row in townships}
    return workbook(
        tmp_path / "叙永县单位表.xlsx",
        {
            "乡镇": [["叙永县乡镇一览表"], ["代码", "乡镇名称", "别名"], *([r[0], r[1], r[8]] for r in townships)],
            "村（社区）": [
                ["村代码", "所属乡镇", "村名称"],
                *([r[0], names[r[4]], r[1]] for r in county_rows("villages")[1:]),
            ],
            "县直部门": [
                ["部门名称", "简称", "别名", "类型"],
                *([r[1], r[2], r[3], r[4]] for r in county_rows("departments")[1:]),
            ],
            "填表说明": [["本表由县委编办提供"]],
        },
    )  # fmt: skip


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def set_up(page: Page, units_file: Path, roster: Path) -> list[str]:
    """Every step of the set-up; returns the initial passwords on the slips."""
    page.goto("/dashboard/")
    expect(page).to_have_url(re.compile("/setup/$"))
    fill(page, FIRST)
    page.click("text=建立账号，继续设置")
    expect(page.locator(".message")).to_contain_text("您现在以整改办账号登录")

    page.click("text=载入单位 >> nth=0")
    page.set_input_files("[name=file]", units_file)
    page.click("text=读取单位表")
    expect(page.locator("tr", has_text="村（社区）")).to_contain_text("265")
    page.click("text=载入这些单位")
    expect(page.locator(".message")).to_contain_text("新增329个")

    page.click(".page-head >> text=建立工作")
    fill(page, CAMPAIGN)
    page.click("button:has-text('建立工作')")
    expect(page.locator(".message")).to_contain_text("“夏季战役·百日攻坚”已建立")

    page.click("text=建立类别")
    fill(page, {"n0-name": "住房安全", "n0-department": "县住建局"})
    fill(page, {"n0-standard": "C级以上危房全部改造完毕。", "n0-standard_on": "2018-05-01"})
    page.click("text=保存类别")
    expect(page.locator(".message")).to_contain_text("新增1个类别")

    page.goto("/setup/accounts/")
    page.set_input_files("[name=file]", roster)
    page.click("text=读取名册")
    page.click("text=建立3个账号，显示账号条")
    slips = page.locator(".slip")
    expect(slips).to_have_count(3)
    return [slip.locator("kbd").nth(1).inner_text() for slip in slips.all()]


def bring_in(page: Page, name: str) -> None:
    """Import a sample through the wizard, as it was recognised."""
    page.goto("/import/")
    page.set_input_files("input[type=file]", LEDGERS / name)
    page.click("text=上传并识别")
    page.wait_for_url(re.compile(r"/import/\d+/$"))
    page.wait_for_selector("text=下一步", timeout=60_000)
    page.goto(page.url + "confirm/")
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    page.click("main button.btn-primary")
    page.wait_for_selector("text=看导入的问题", timeout=120_000)


def figure(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", text) or "0")


def behind(html: str, address: str) -> Decimal:
    """What a list's page says that it holds of the measure in its address."""
    asked = parse_qs(urlsplit(address).query)
    measure = asked["moved"][0] if "moved" in asked else asked.get("measure", [""])[0]
    pattern = OTHERS if "moved" in asked else SAID.get(measure, OTHERS)
    totals = re.search(r'<div class="totals" id="totals">(.*?)</div>', html, re.DOTALL)
    said = re.search(pattern, re.sub(r"<[^>]+>", "", totals[1])) if totals else None
    return figure(said[1]) if said else Decimal(0)


def numbers(page: Page, within: str = "main .block") -> list[tuple[str, str]]:
    """(text, address) of every number of the board that opens a list, each once."""
    links = page.eval_on_selector_all(
        f"{within} a[href^='/issues/']",
        "links => links.map(link => [link.innerText, link.getAttribute('href')])",
    )
    found = {(text.strip(), address) for text, address in links}
    return sorted((text, address) for text, address in found if re.fullmatch(r"[\d,.]+", text))


def clicked(page: Page, address: str) -> str:
    """The page that a click on the number opens."""
    page.locator(f"main .block a[href={json.dumps(address)}]").first.click()
    page.wait_for_url(lambda url: "/issues/" in url, wait_until="domcontentloaded")
    return page.content()


def test_an_empty_house_becomes_a_tally_whose_every_number_holds(
    never_started_house: House, open_page: OpenPage, units_file: Path, tmp_path: Path
) -> None:
    assert re.search("首次设置码 [A-Z2-9-]{14}", never_started_house.said())
    page = open_page(never_started_house)
    broken: list[str] = []
    page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 500 else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    passwords = set_up(page, units_file, workbook(tmp_path / "名册.xlsx", {"名册": PEOPLE}))
    for name in SAMPLES:
        bring_in(page, name)

    board = f"{never_started_house.url}/dashboard/?as_of=2018-05-20"
    page.goto(board)
    relocation = page.locator("select[name=list] option", has_text="易地").get_attribute("value")
    page.goto(f"{board}&list={relocation}")
    assert "共存在问题1245个，上报整改372个，还有873个，其中马岭镇113个" in page.inner_text("main")
    page.goto(board)
    shown = numbers(page)
    assert len(shown) > 500
    # A number is a plain link: those on top are clicked, the hundreds below asked for in the same session.
    figures = numbers(page, "main .figures")
    assert len(figures) > 10
    for text, address in figures:
        assert (behind(clicked(page, address), address), address) == (figure(text), address)
        page.goto(board)
    lists = {address: page.request.get(address).text() for _, address in shown}
    wrong = [pair for pair in shown if behind(lists[pair[1]], pair[1]) != figure(pair[0])]
    assert wrong == []

    page.goto("/setup/")
    expect(page.locator("main")).to_contain_text("已导入2份")
    for path in PAGES:
        page.goto(path)
        found = Axe().run(page, options=AXE_RULES).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["html"]) for one in found])
    cadre = open_page(never_started_house, user="510524108-01", password=passwords[0], viewport=PHONE)
    expect(cadre).to_have_url(re.compile("/accounts/password/$"))
    assert broken == []


def test_the_set_up_works_on_a_phone_without_scripts(
    empty_house: House, chromium: Any, units_file: Path, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, base_url=empty_house.url)
    page = context.new_page()
    roster = workbook(tmp_path / "名册.xlsx", {"名册": PEOPLE})
    assert len(set_up(page, units_file, roster)) == 3
    for path in PAGES:
        page.goto(path)
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"], path
    context.close()
