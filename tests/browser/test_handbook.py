"""The handbook's pictures, taken from the running house: `RECTIFY_HANDBOOK=write` puts them into docs/handbook."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, House, OpenPage
from tests.conftest import REPOSITORY

HANDBOOK = REPOSITORY / "docs" / "handbook"
LEDGER = REPOSITORY / "demo" / "ledgers" / "脱贫攻坚专项巡察问题反馈表.csv"
DEMO_PICTURES = {
    "dashboard": "/dashboard/?list=QD001&as_of=2018-05-20",
    "issues": "/issues/?list=QD001&measure=left",
    "issue": "/issues/WT2018-000030/",
    "export": "/issues/export/?list=QD001",
    "import-result": "/import/1/",
}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where pictures go: the handbook when it is being written, else a folder that is thrown away."""
    return HANDBOOK / "images" if os.environ.get("RECTIFY_HANDBOOK") == "write" else tmp_path


def take(page: Page, album: Path, name: str) -> None:
    assert page.locator("h1").count() == 1
    page.screenshot(path=album / f"{name}.png")


def test_pictures_of_figures_and_lists(demo_house: House, open_page: OpenPage, album: Path) -> None:
    page = open_page(demo_house, user="zhenggaiban", viewport=DESK)
    for name, path in DEMO_PICTURES.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        take(page, album, name)


def test_pictures_of_the_import(demo_house: House, open_page: OpenPage, album: Path) -> None:
    page = open_page(demo_house, user="zhenggaiban", viewport=DESK)
    page.goto("/import/")
    take(page, album, "import-upload")
    page.set_input_files("[name=file]", LEDGER)
    page.get_by_role("button", name="上传并识别").click()
    page.wait_for_url(re.compile(r"/import/\d+/"))
    take(page, album, "import-review")
    page.goto(f"{page.url.split('?')[0]}decisions/")
    take(page, album, "import-decisions")


def test_pictures_of_the_first_set_up(empty_house: House, open_page: OpenPage, album: Path) -> None:
    page = open_page(empty_house)
    page.goto("/setup/")
    take(page, album, "setup-first")
    for name, value in {
        "county_code": "510524",
        "county_name": "叙永县",
        "admin_username": "guanli",
        "admin_name": "马某某",
        "admin_password": "Shezhi-2018",
        "admin_again": "Shezhi-2018",
        "office_username": "zhenggaiban",
        "office_name": "何某某",
        "office_password": "Zhenggai-2018",
        "office_again": "Zhenggai-2018",
    }.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="建立账号").click()
    page.wait_for_load_state()
    take(page, album, "setup-steps")


def test_every_picture_that_the_handbook_shows_is_there() -> None:
    for text in HANDBOOK.glob("*.md"):
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text.read_text(encoding="utf-8")):
            assert (HANDBOOK / picture).is_file(), (text.name, picture)
