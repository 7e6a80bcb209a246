"""The boards in a browser: every number clicked and its list counted, charts drawn from tables, words copied."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE_RULES, DEMO_PASSWORD, DESK, PHONE, House, OpenPage

LEADER = "xianlingdao"
WORKS = "/dashboard/?of=projects"
FLOW = "/dashboard/flow/?since=start"
PROJECT_SAID = {
    "": "安排", "items": "安排", "arranged": "安排", "allotted": "下达", "not_allotted": "未下达", "started": "开工",
    "not_started": "未动工", "completed": "完工", "accepted": "验收",
}  # fmt: skip
FUND_SAID = {"due": "应下达", "funded": "已下达", "paid": "已拨付", "over": "超额"}
ISSUE_SAID = {
    "": "合计", "found": "合计", "items": "合计", "removed": "调出", "claimed": "上报整改", "confirmed": "(?:上报|核实)整改",
    "left": "未整改",
}  # fmt: skip
NUMBER = r" ?(-?[\d,.]+)"


def figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def numbers(page: Page, within: str = "main") -> list[tuple[str, str]]:
    """(text, address) of every number that opens a list, each once."""
    links = page.eval_on_selector_all(
        f"{within} a[href^='/issues/?'], {within} a[href^='/projects/?'], {within} a[href^='/dashboard/funds/']",
        "links => links.map(link => [link.textContent.trim(), link.getAttribute('href')])",
    )
    return sorted({(text, address) for text, address in links if re.fullmatch(r"-?[\d,.]+", text)})


def behind(html: str, address: str) -> Decimal:
    """What the list says of itself that the number claims; nothing where it is empty."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    found = re.search(r'<(div|p) class="totals" id="totals">(.*?)</\1>', html, re.DOTALL)
    if found is None:
        return Decimal(0)
    totals = re.sub(r"<[^>]+>", "", found[2])
    measure = asked.get("measure", "")
    if "moved" in asked:
        pattern = "(?:其中)?期[间初][^\\d ]*"
    elif parts.path == "/dashboard/funds/":
        if measure == "unpaid":
            return said(totals, "已下达") - said(totals, "已拨付")
        pattern = FUND_SAID.get(measure, "应下达")
    elif parts.path == "/projects/":
        pattern = rf"(?<!未){PROJECT_SAID[measure]}"
    elif measure == "closed":
        pattern = "共"
    else:
        pattern = ISSUE_SAID.get(measure, r"其中\S+")
    return said(totals, pattern)


def said(totals: str, pattern: str) -> Decimal:
    found = re.search(pattern + NUMBER, totals)
    return figure(found[1].rstrip(",.")) if found else Decimal(0)


def check_lists(page: Page, shown: list[tuple[str, str]]) -> None:
    """A number is a plain link: its list, asked for in the same session, says the same."""
    lists = {address: page.request.get(address).text() for _, address in shown}
    wrong = [
        (text, address, behind(lists[address], address))
        for text, address in shown
        if behind(lists[address], address) != figure(text)
    ]
    assert wrong == []


@pytest.fixture
def board(demo_house: House, open_page: OpenPage) -> Page:
    """The leader's board of projects, with its flow in place."""
    page = open_page(demo_house, user=LEADER)
    page.goto(WORKS)
    expect(page.locator("table.flows")).to_have_count(3)
    return page


def test_the_board_of_projects_says_the_speech_s_numbers(board: Page) -> None:
    """71/53, 21/21, 186/128, 186户 of which 分水镇 130 (69.9 %), 51 of 118, 8, 23, the three in order."""
    told = re.sub(r"\s+", "", board.inner_text("main"))
    for words in (
        "乡“三有”项目：安排71个，53个未动工",
        "村“五有”卫生室：安排21个，全部21个未启动。",
        "饮水工程：安排186个，128个未动工",
        "专项项目：23个专项，安排126个，8个未下达；已下达的118个中51个未动工",
        "186户未动工（占已下达的13.1%），其中分水镇130户，占69.9%。",
        "8个乡镇超额下达，合计超7,241.90万元，最多的3个依次是观兴镇超1,789.10万元、石厢子彝族乡超1,561.90万元、"
        "龙凤镇超1,210.80万元。",
        "第6天，共100天",
    ):
        assert words in told, words
    board.goto("/dashboard/")
    assert "3058.47万元，已拨付2346.85万元，仍有711.62万元未拨付" in board.inner_text("main")


def test_every_number_on_the_board_of_projects_counts_its_list(board: Page) -> None:
    heads = [*numbers(board, "main .figures"), *numbers(board, "main .works"), *numbers(board, "main .tiles")]
    assert len(heads) > 25
    text, address = heads[0]
    board.locator(f'main a[href="{address}"]').first.click()
    board.wait_for_url(lambda url: "/dashboard/?" not in url)
    assert behind(board.content(), address) == figure(text)
    board.go_back()
    expect(board.locator("table.flows")).to_have_count(3)
    shown = [*numbers(board, "main table:not(.trend)"), *heads]
    assert len(shown) > 300
    check_lists(board, shown)


def test_every_number_of_the_flow_counts_its_list(demo_house: House, open_page: OpenPage) -> None:
    page = open_page(demo_house, user=LEADER)
    page.goto(FLOW)
    flows = numbers(page, "main table.flows")
    assert len(flows) >= 9
    check_lists(page, [*flows, *numbers(page, "main table.trend tr:last-child")])


def test_charts_are_drawn_from_their_tables_and_lead_to_their_lists(board: Page) -> None:
    bars = board.locator("figure[data-chart=bars]").first
    expect(bars.locator("svg")).to_be_visible()
    table = board.locator(f"#{bars.get_attribute('data-table')} tbody tr")
    most = max((row.locator("td").nth(3).inner_text(), row.locator("th").inner_text()) for row in table.all())
    assert most[1] in bars.inner_text()
    assert board.locator("figure[data-chart=lines] svg").count() >= 1
    first = bars.locator("path[fill='#1f4e79']").first
    first.click(force=True)
    board.wait_for_url(re.compile(r"/projects/\?.*township=\d+.*measure=not_started"))


def test_a_chart_stands_still_for_who_wants_no_motion(demo_house: House, chromium: Browser) -> None:
    context = chromium.new_context(base_url=demo_house.url, reduced_motion="reduce", viewport=DESK)
    page = context.new_page()
    log_in(page)
    page.goto("/dashboard/")
    expect(page.locator("figure[data-chart=bars] svg").first).to_be_visible()
    context.close()


def log_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=username]", LEADER)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def test_without_scripts_nothing_is_lost(demo_house: House, chromium: Browser) -> None:
    context = chromium.new_context(base_url=demo_house.url, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    log_in(page)
    page.goto("/dashboard/")
    assert page.locator("figure[data-chart]:visible").count() == 0
    assert page.locator("table.by-place:visible").count() == 3
    page.locator(".moving a").first.click()
    expect(page.locator("table.flows:visible")).to_have_count(3)
    assert page.locator("table.trend tbody tr").count() > 60
    context.close()


def test_a_sentence_is_copied_over_plain_http(demo_house: House, open_page: OpenPage) -> None:
    """Over http on an address of the office there is no clipboard API: a selection and the old command."""
    page = open_page(demo_house, user=LEADER)
    page.goto("/dashboard/")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.evaluate("document.addEventListener('copy', () => { window.taken = String(getSelection()); })")
    button = page.locator("[data-copy]").first
    button.click()
    expect(button).to_have_text("已复制")
    assert page.evaluate("window.taken").startswith("截至2018年6月6日，夏季战役·百日攻坚")
    page.evaluate("document.execCommand = () => false")
    page.locator("[data-copy]").nth(1).click()
    expect(page.locator("[data-copy]").nth(1)).to_have_text("已选中，请按 Ctrl+C")


def test_the_office_s_page_of_focus_and_goals_is_accessible_and_fits_a_phone(
    demo_house: House, open_page: OpenPage
) -> None:
    page = open_page(demo_house, user="zhenggaiban", viewport=PHONE)
    for path in ("/dashboard/goals/", FLOW, WORKS):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        found = Axe().run(page, options=AXE_RULES).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["html"]) for one in found])
