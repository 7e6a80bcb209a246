"""Every page of the demo county, at the office's screen and on a phone: readable, whole, accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, House, OpenPage

PAGES = {
    "zhenggaiban": (
        "/",
        "/issues/",
        "/issues/?measure=left&township=510524118",
        "/issues/WT2018-000030/",
        "/issues/export/",
        "/dashboard/",
        "/dashboard/?of=projects",
        "/dashboard/definitions/",
        "/projects/",
        "/projects/XM2018-000001/",
        "/import/",
        "/import/1/",
        "/units/",
        "/units/510524215/",
        "/people/",
        "/calendar/",
        "/audit/",
        "/setup/",
    ),
    "fenshui": ("/", "/issues/", "/projects/", "/accounts/me/"),
    "zhujian": ("/", "/issues/", "/dashboard/"),
    "xianlingdao": ("/", "/dashboard/"),
    "guanli": ("/", "/people/"),
    "shenji": ("/", "/audit/"),
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def faults(page: Page) -> list[str]:
    """Filled with what the browser complains of from now on."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


@pytest.mark.parametrize("user", PAGES)
def test_pages_open_without_fault_and_axe_finds_nothing(
    demo_house: House, open_page: OpenPage, user: str
) -> None:
    page = open_page(demo_house, user=user)
    wrong = faults(page)
    for path in PAGES[user]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert "演示数据，纯属虚构" in page.inner_text("body"), path
        found = Axe().run(page, options=RULES).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["html"]) for one in found])
    assert not wrong


@pytest.mark.parametrize("user", PAGES)
def test_no_page_is_wider_than_a_phone(demo_house: House, open_page: OpenPage, user: str) -> None:
    page = open_page(demo_house, user=user, viewport=PHONE)
    for path in PAGES[user]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_page_asks_no_other_machine_for_anything(demo_house: House, open_page: OpenPage) -> None:
    page = open_page(demo_house, user="zhenggaiban")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/issues/", "/dashboard/"):
        page.goto(path)
    assert asked
    assert {url for url in asked if not url.startswith((demo_house.url, "data:"))} == set()
