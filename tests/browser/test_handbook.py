"""The handbook's pictures, taken from the running house: `RECTIFY_HANDBOOK=write` puts them into docs/handbook."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import DESK, House, OpenPage
from tests.conftest import REPOSITORY

HANDBOOK = REPOSITORY / "docs" / "handbook"
LEDGER = REPOSITORY / "demo" / "ledgers" / "脱贫攻坚专项巡察问题反馈表.csv"
COLOURS = 64
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
    """The window from the top of the page; few colours, so that the file is small."""
    assert page.locator("h1").count() == 1
    page.evaluate("scrollTo(0, 0)")
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(COLOURS).save(album / f"{name}.png", optimize=True)


def test_pictures_of_figures_and_lists(own_demo_house: House, open_page: OpenPage, album: Path) -> None:
    page = open_page(own_demo_house, user="zhenggaiban", viewport=DESK)
    for name, path in DEMO_PICTURES.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        take(page, album, name)


def test_pictures_of_the_import(own_demo_house: House, open_page: OpenPage, album: Path) -> None:
    page = open_page(own_demo_house, user="zhenggaiban", viewport=DESK)
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
    with page.expect_navigation():
        page.get_by_role("button", name="建立账号").click()
    take(page, album, "setup-steps")


TODAY = "2018-06-06"
LISTED = {
    "title": "县督查组反馈问题清单（2018年6月）",
    "short_name": "督查反馈",
    "source": "县督查组",
    "source_doc": "叙督〔2018〕12号",
    "lock_on": TODAY,
}
FOUND = {"category": "危改未动工", "counted_in": "户", "deadline_class": "有期限", "due_on": "2018-07-31"}
PLAN = {
    "requirement": "6户全部动工，有施工现场照片",
    "leader": "罗某某",
    "person": "唐某某",
    "steps-0-text": "逐户签订施工协议，联系施工队进场",
    "steps-0-due_on": "2018-06-20",
    "effect": "6户全部动工，8月底前入住",
    "nodes-0-on": "2018-06-20",
    "nodes-0-text": "全部进场施工",
    "extra_helper": "王某某",
}
REPORTED = {"quantity": "6", "narrative": "6户均已进场施工，主体完工4户", "kind": "成效照片"}
CLOSING = {
    "statement": "6户已全部动工，主体完工4户",
    "similar": "none",
    "answer0": "逐户签订协议，6户均已进场施工，附照片",
    "answer1": "施工队不足，已由镇里统一联系3支施工队",
    "answer2": "不需要修订，按县危房改造实施方案执行",
    "answer3": "驻村干部在镇党委会上作了说明",
    "extra0": "叙府办发〔2018〕9号",
    "archive_number": "分水2018-006",
}


def fill(page: Page, given: dict[str, str]) -> None:
    """The named fields of the page's form; a choice by its words, a radio by its value."""
    for name, value in given.items():
        field = page.locator(f"main form [name='{name}']")
        if field.first.get_attribute("type") == "radio":
            page.check(f"main form [name='{name}'][value='{value}']")
        elif field.evaluate("one => one.tagName") == "SELECT":
            chosen = field.locator("option", has_text=value).first
            field.select_option(chosen.get_attribute("value"))
        else:
            field.fill(value)


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=words, exact=True).click()
    assert not page.locator(".message.error, p.error").count(), page.inner_text("main")


def act(page: Page, number: str, verb: str, button: str, **given: str) -> None:
    """Open the page of an act, fill it in, hand it in."""
    page.goto(f"/issues/{number}/{verb}/")
    fill(page, given)
    press(page, button)


def a_number(page: Page) -> str:
    """The issue that the message speaks of."""
    return re.findall(r"WT\d{4}-\d{6}", page.inner_text(".message"))[0]


def test_pictures_of_the_days_of_an_office_a_unit_and_its_head(
    own_demo_house: House, open_page: OpenPage, album: Path, tmp_path: Path
) -> None:
    """One small list from its start to a closing, by the hands of those who do it."""
    office, unit, head, department = (
        open_page(own_demo_house, user=name, viewport=DESK)
        for name in ("zhenggaiban", "fenshui", "fenshui_head", "zhujian")
    )
    listed = a_list_is_started(office)
    own = a_unit_answers(unit, head, listed, album)
    given = the_office_locks(office, listed, album)
    what_is_not_ours_is_given_back(unit, office, given, album)
    plans_are_signed(unit, head, department, own, album)
    photo = tmp_path / "after.jpg"
    Image.new("RGB", (640, 480), "darkgreen").save(photo)
    progress_is_reported(unit, own[0], photo, album)
    others_check_and_close(unit, head, department, office, own[0], album)


def a_list_is_started(office: Page) -> str:
    """Its address; three townships are asked, its template is one that ships."""
    office.goto("/lists/add/")
    fill(office, LISTED)
    press(office, "建立清单")
    office.get_by_role("link", name=LISTED["title"]).click()
    office.wait_for_url(re.compile(r"/lists/\d+/$"))
    listed = re.sub(r"^https?://[^/]+", "", office.url)
    fill(office, {"template": "脱贫攻坚"})
    press(office, "选用")
    office.goto(f"{listed}start/")
    fill(office, {"named": "分水镇、马岭镇、水尾镇"})
    press(office, "发起填报")
    return listed


def a_unit_answers(unit: Page, head: Page, listed: str, album: Path) -> list[str]:
    """The numbers of what the unit registered and its head signed."""
    unit.goto("/")
    take(unit, album, "unit-desk")
    unit.goto(listed)
    unit.get_by_role("link", name="分水镇的清单").click()
    unit.wait_for_url(re.compile(r"/parts/\d+/$"))
    part, numbers = unit.url, []
    for village, words, quantity in (
        ("木格倒村", "6户危房改造对象未动工", "6"),
        ("终南村", "3户危房改造对象未动工", "3"),
    ):
        unit.goto(f"{part}register/")
        fill(unit, FOUND | {"description": words, "village": village, "quantity": quantity})
        press(unit, "登记")
        numbers.append(a_number(unit))
    unit.goto(part)
    for clean in unit.locator("[name^='check-answer-'][value='none']").all():
        clean.check()
    press(unit, "保存自查结果")
    head.goto(part)
    fill(head, {"answer": "reported", "words": "6月4日至5日逐户排查"})
    take(head, album, "part-sign")
    press(head, "签字报送")
    return numbers


def the_office_locks(office: Page, listed: str, album: Path) -> str:
    """The number of an issue that the office itself put on the list, to be signed for."""
    office.goto(f"{listed}register/")
    given = {"description": "村卫生室建成后未投入使用", "category": "（未分类）", "counted_in": "个"}
    fill(office, FOUND | given | {"responsible": "分水镇"})
    press(office, "登记")
    number = a_number(office)
    office.goto(listed)
    take(office, album, "list")
    office.goto(f"{listed}lock/")
    take(office, album, "list-lock")
    office.check("[name=sure]")
    press(office, "锁定清单")
    return number


def what_is_not_ours_is_given_back(unit: Page, office: Page, number: str, album: Path) -> None:
    unit.goto(f"/issues/{number}/")
    take(unit, album, "sign")
    act(unit, number, "refuse", "退回分办", kind="not_ours", words="卫生室由县卫生计生局建设和管理")
    office.goto("/")
    take(office, album, "office-desk")
    office.goto(f"/issues/{number}/answer_refusal/")
    fill(office, {"answer": "upheld", "words": "请分水镇督促村卫生室开诊，县卫生计生局配合"})
    take(office, album, "answer")
    press(office, "答复退回")
    act(unit, number, "sign", "签收")


def plans_are_signed(unit: Page, head: Page, department: Page, own: list[str], album: Path) -> None:
    for number in own:
        unit.goto(f"/issues/{number}/draft_plan/")
        fill(unit, PLAN)
        if number == own[0]:
            take(unit, album, "plan")
        press(unit, "保存并送主要负责人签字")
    head.goto("/issues/signing/")
    head.locator("summary", has_text="计划内容").first.click()
    take(head, album, "signing")
    for box in head.locator("[name=plan]").all():
        box.check()
    press(head, "签字报送勾选的计划")
    head.goto("/accounts/delegations/")
    take(head, album, "delegation")
    department.goto("/")
    take(department, album, "department-desk")
    department.goto(f"/issues/{own[0]}/approve_plan/")
    take(department, album, "plan-approve")
    press(department, "批准整改计划")
    department.goto("/standards/")
    take(department, album, "standards")


def progress_is_reported(unit: Page, number: str, photo: Path, album: Path) -> None:
    unit.goto("/report/")
    take(unit, album, "report-many")
    unit.goto(f"/issues/{number}/report/")
    unit.locator("summary", has_text="照片或文件").click()
    fill(unit, REPORTED)
    unit.set_input_files("[name=files]", photo)
    take(unit, album, "report")
    press(unit, "填报进展")
    unit.goto(f"/issues/{number}/finish_action/")
    unit.locator("[name=actions]").first.check()
    press(unit, "措施完成")


def others_check_and_close(
    unit: Page, head: Page, department: Page, office: Page, number: str, album: Path
) -> None:
    department.goto(f"/checks/new/?q={number}")
    fill(department, {"title": "6月第一批入户核查"})
    press(department, "制核查单")
    for name, value in (("examined", "6"), ("found_true", "6"), ("words", "逐户看过，均已动工")):
        department.locator(f"[name$='-{name}']").first.fill(value)
    take(department, album, "check")
    press(department, "登记填好的各项")
    unit.goto(f"/issues/{number}/apply_closure/")
    fill(unit, CLOSING)
    take(unit, album, "apply")
    press(unit, "申请销号")
    head.goto(f"/issues/{number}/sign_closure/")
    take(head, album, "closure-sign")
    press(head, "签字申请销号")
    act(department, number, "review_closure", "复核同意销号", words="现场属实，同意销号")
    act(office, number, "sign_off", "销号")
    office.goto(f"/issues/{number}/closure/")
    take(office, album, "closure")
    office.goto("/issues/documents/")
    take(office, album, "documents")


def test_every_picture_that_the_handbook_shows_is_there() -> None:
    for text in HANDBOOK.glob("*.md"):
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text.read_text(encoding="utf-8")):
            assert (HANDBOOK / picture).is_file(), (text.name, picture)
