"""A bulletin from draft to download in a browser, over the demo county: it changes no figure of others' pages."""

from __future__ import annotations

import hashlib
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import AXE_RULES, PHONE, House, OpenPage


def fits(page: Page) -> None:
    """Nothing for axe to find, nothing wider than a phone."""
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if size:
        page.set_viewport_size(size)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def test_the_office_drafts_the_leader_signs_and_everybody_reads_the_same_bytes(
    own_demo_house: House, open_page: OpenPage
) -> None:
    office = open_page(own_demo_house, user="zhenggaiban")
    office.goto("/bulletins/")
    fits(office)
    office.goto("/bulletins/add/")
    fits(office)
    office.select_option("[name=kind]", "monthly")
    office.fill("[name=last_on]", "2018-05-31")
    press(office, "取数并写成草稿")
    address = re.sub(r"^https?://[^/]+", "", office.url)
    fits(office)
    figure = office.locator(".paper-table td.num a").first
    said = figure.inner_text()
    figure.click()
    assert said in office.inner_text("#totals").replace(",", "")
    office.goto(f"{address}edit/")
    fits(office)
    office.fill("[name=prose_next]", "请各乡镇逐项核对。")
    press(office, "保存")
    press(office, "送县领导签发")
    leader = open_page(own_demo_house, user="xianlingdao")
    leader.goto("/")
    assert "待签发通报" in leader.inner_text("main")
    leader.goto(address)
    fits(leader)
    press(leader, "签发并编号")
    text = leader.inner_text("main")
    assert re.search(r"整通报〔2018〕\d+号", text)
    cadre = open_page(own_demo_house, user="fenshui")
    cadre.goto(address)
    fits(cadre)
    assert cadre.locator(".paper-table a").count() == 0
    with cadre.expect_download() as got:
        cadre.get_by_role("link", name="PDF").click()
    assert got.value.suggested_filename.startswith("整通报〔2018〕")
    assert hashlib.sha256(got.value.path().read_bytes()).hexdigest() in text
