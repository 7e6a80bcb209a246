"""Every page of the demo county, at the office's screen and on a phone: readable, whole, accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import AXE_RULES, DESK, PHONE, House, OpenPage

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
        "/projects/XM2018-000001/edit/",
        "/projects/XM2018-000001/progress/",
        "/projects/new/",
        "/projects/export/",
        "/projects/programmes/",
        "/projects/programmes/P001/",
        "/issues/WT2018-000030/name_project/",
        "/dashboard/funds/?measure=over",
        "/import/",
        "/import/1/",
        "/lists/",
        "/lists/2/",
        "/lists/2/register/",
        "/lists/2/start/",
        "/lists/2/lock/",
        "/lists/2/takeover/",
        "/setup/templates/1/",
        "/checks/new/?measure=unverified&township=510524118",
        "/issues/documents/?unit=510524108&list=QD001",
        "/issues/WT2018-000030/verify/",
        "/issues/WT2018-000030/assign/",
        "/issues/?view=tasks&list=QD007",
        "/units/",
        "/units/510524215/",
        "/people/",
        "/calendar/",
        "/audit/",
        "/setup/",
        "/setup/templates/",
    ),
    "fenshui": (
        "/",
        "/issues/",
        "/projects/",
        "/accounts/me/",
        "/lists/",
        "/report/",
        "/issues/WT2018-000047/",
        "/issues/WT2018-000047/draft_plan/",
        "/issues/WT2018-000047/report/",
        "/issues/WT2018-000047/ask_long_term/",
        "/projects/XM2018-000022/progress/",
    ),
    "fenshui_head": ("/", "/issues/signing/", "/accounts/delegations/"),
    "zhujian": ("/", "/issues/", "/dashboard/", "/standards/", "/checks/"),
    "xianlingdao": ("/", "/dashboard/"),
    "jiwei": ("/leads/",),
    "guanli": ("/", "/people/"),
    "shenji": ("/", "/audit/"),
}


def faults(page: Page) -> list[str]:
    """Filled with what the browser complains of from now on."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


@pytest.mark.parametrize("user", PAGES)
def test_pages_open_without_fault_accessible_and_no_wider_than_a_phone(
    demo_house: House, open_page: OpenPage, user: str
) -> None:
    page = open_page(demo_house, user=user)
    wrong = faults(page)
    for path in PAGES[user]:
        page.set_viewport_size(DESK)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert "演示数据，纯属虚构" in page.inner_text("body"), path
        found = Axe().run(page, options=AXE_RULES).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["html"]) for one in found])
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    assert not wrong


def test_a_page_asks_no_other_machine_for_anything(demo_house: House, open_page: OpenPage) -> None:
    page = open_page(demo_house, user="zhenggaiban")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/issues/", "/dashboard/"):
        page.goto(path)
    assert asked
    assert {url for url in asked if not url.startswith((demo_house.url, "data:"))} == set()
