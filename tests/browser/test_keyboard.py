"""The list by keyboard, its views, and the same list without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, House, OpenPage


def test_rows_search_and_help_answer_to_keys(demo_house: House, open_page: OpenPage) -> None:
    page = open_page(demo_house, user="zhenggaiban")
    page.goto("/issues/")
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator("tr.current th")).to_have_text("WT2018-000001")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("WT2018-000001")
    page.wait_for_load_state()  # the page's scripts listen from here on
    page.keyboard.press("/")
    page.keyboard.type("漏雨")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_contain_text("漏雨")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keys")).to_be_hidden()


def test_a_choice_in_the_filter_bar_applies_at_once(demo_house: House, open_page: OpenPage) -> None:
    page = open_page(demo_house, user="zhenggaiban")
    page.goto("/issues/")
    page.select_option("select[name=township]", label="分水镇")
    expect(page.locator(".chips")).to_contain_text("分水镇")
    page.select_option("select[name=measure]", label="逾期未整改")
    expect(page.locator(".chip")).to_have_count(2)
    assert "measure=overdue" in page.url
    page.click("summary:has-text('视图')")
    expect(page.locator("#view-name")).to_be_visible()
    page.locator(".chip a").first.click()
    expect(page.locator(".chip")).to_have_count(1)


def test_the_list_can_be_narrowed_without_javascript(
    demo_house: House, open_page: OpenPage, chromium: Browser
) -> None:
    known = open_page(demo_house, user="zhenggaiban")
    context = chromium.new_context(
        viewport=PHONE, java_script_enabled=False, base_url=demo_house.url,
        storage_state=known.context.storage_state(),
    )  # fmt: skip
    page = context.new_page()
    page.goto("/issues/")
    page.check("#more-filters", force=True)
    page.select_option("select[name=township]", label="分水镇")
    page.click("text=查找")
    expect(page.locator(".chips")).to_contain_text("分水镇")
    expect(page.locator("#totals")).to_contain_text("共")
    context.close()
