"""More of the handbook's pictures: the leader's day, a bulletin, warnings, a letter, a round."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import DESK, House, OpenPage
from tests.browser.test_handbook import album, fill, press, take

__all__ = ["album"]

READ = {
    "matrix": "/dashboard/matrix/?as_of=2018-05-20",
    "compare": "/dashboard/compare/?from=2018-05-19&to=2018-06-06&by=category",
    "township": "/dashboard/townships/510524108/",
    "works": "/dashboard/?of=projects&as_of=2018-05-20",
}
WARNED = {
    "alerts": "/alerts/",
    "alert-rules": "/alerts/rules/",
    "alert-preview": "/alerts/preview/",
    "rounds": "/rounds/",
}
WORDS = "请各乡镇对照问题清单，6月底前把未动工的逐户销号。"


def test_pictures_of_what_a_leader_reads(own_demo_house: House, open_page: OpenPage, album: Path) -> None:
    leader = open_page(own_demo_house, user="xianlingdao", viewport=DESK)
    for name, path in {"leader-desk": "/", **READ}.items():
        leader.goto(path)
        take(leader, album, name)


def test_pictures_of_a_bulletin_from_draft_to_signature(
    own_demo_house: House, open_page: OpenPage, album: Path
) -> None:
    office = open_page(own_demo_house, user="zhenggaiban", viewport=DESK)
    office.goto("/bulletins/add/")
    fill(office, {"kind": "月通报", "last_on": "2018-05-31"})
    take(office, album, "bulletin-add")
    press(office, "取数并写成草稿")
    written = re.sub(r"^https?://[^/]+", "", office.url)
    office.goto(f"{written}edit/")
    fill(office, {"prose_next": WORDS})
    take(office, album, "bulletin-edit")
    press(office, "保存")
    press(office, "送县领导签发")
    leader = open_page(own_demo_house, user="xianlingdao", viewport=DESK)
    leader.goto(written)
    take(leader, album, "bulletin-sign")
    with leader.expect_navigation():
        leader.locator("main").get_by_role("button", name="签发并编号").first.click()
    assert WORDS in leader.inner_text("main")
    take(leader, album, "bulletin")


def test_pictures_of_warnings_letters_and_rounds(
    own_demo_house: House, open_page: OpenPage, album: Path
) -> None:
    office, unit, leader = (
        open_page(own_demo_house, user=name, viewport=DESK)
        for name in ("zhenggaiban", "fenshui", "xianlingdao")
    )
    for name, path in WARNED.items():
        office.goto(path)
        take(office, album, name)
    office.goto("/rounds/2/")
    take(office, album, "round")
    unit.goto("/alerts/inbox/")
    take(unit, album, "inbox")
    a_letter_goes_out(office, leader, unit, album)
    office.goto("/issues/?measure=overdue&township=510524108")
    office.locator("main table a[data-open]").first.click()
    office.wait_for_url(re.compile(r"/issues/WT"))
    office.locator("summary", has_text="期限怎么算的").click()
    office.locator("#deadline").scroll_into_view_if_needed()
    take(office, album, "reckoned")


def a_letter_goes_out(office: Page, leader: Page, unit: Page, album: Path) -> None:
    """督办函 about two overdue issues of 分水镇: drafted, signed, signed for."""
    office.goto("/letters/draft/?measure=overdue&township=510524108")
    fill(office, {"kind": "督办函"})
    for box in office.locator("[name=issue]").all():
        box.uncheck()
    for box in office.locator("[name=issue]").all()[:2]:
        box.check()
    take(office, album, "letter-draft")
    press(office, "起草，每个单位一份")
    if not re.search(r"/letters/\d+/$", office.url):
        office.locator("main table a[data-open]").first.click()
        office.wait_for_url(re.compile(r"/letters/\d+/$"))
    address = re.sub(r"^https?://[^/]+", "", office.url)
    press(office, "送签")
    leader.goto(address)
    take(leader, album, "letter-sign")
    with leader.expect_navigation():
        leader.locator("main").get_by_role("button", name=re.compile("签发")).first.click()
    unit.goto(address)
    take(unit, album, "letter")
