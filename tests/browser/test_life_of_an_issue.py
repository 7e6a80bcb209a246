"""The life of an issue in a real browser and a real house: from a locked list to closed through six people's
hands, and through every side exit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from rectify.lib import clock
from tests.browser.conftest import AXE_RULES, DESK, PHONE, House, environment_of
from tests.browser.small_county import PASSWORD
from tests.conftest import REPOSITORY

SLOW = 60_000  # a busy machine
JUDGED: set[str] = set()


@pytest.fixture(scope="module")
def life_house(own_empty_house: House) -> tuple[House, dict[str, str]]:
    """A house with a small county, and the numbers of its issues by what becomes of them."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.small_county"],
        cwd=REPOSITORY,
        env=environment_of(own_empty_house.folder),
        text=True,
        check=True,
        capture_output=True,
    )
    return own_empty_house, json.loads(made.stdout)


class Hand:
    """One person's browser. Everything goes through what the pages show: links, fields, buttons."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.broken: list[str] = []
        page.set_default_timeout(SLOW)
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on("response", lambda one: self.broken.append(one.url) if one.status >= 500 else None)
        page.goto("/accounts/login/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login/" not in address)

    def look(self, number: str) -> Page:
        self.page.goto(f"/issues/{number}/")
        return self.page

    def act(self, number: str, verb: str, said: str = "", **given: object) -> str:
        """Open the issue, press the act, fill in ``given``, hand it in; the message that follows. ``press``:
        the words of another button."""
        press = str(given.pop("press", verb))
        self.look(number)
        self.page.click(f".offers .buttons >> text=/^{re.escape(verb)}$/")
        self.judge(verb)
        self.fill(given)
        self.page.click(f"main form.form >> button:text-is('{press}')")
        message = self.page.locator(".message:not(.error)").first
        expect(message).to_contain_text(said)
        expect(self.page).to_have_url(re.compile(rf"/issues/{number}/$"))
        return message.inner_text()

    def judge(self, verb: str) -> None:
        """The page of each act once: axe finds nothing, and it is no wider than a phone."""
        if verb in JUDGED:
            return
        JUDGED.add(verb)
        expect(self.page.locator("main form.form")).to_be_visible()
        found = Axe().run(self.page, options=AXE_RULES).response["violations"]
        assert not found, (verb, [(one["id"], one["nodes"][0]["html"]) for one in found])
        self.page.set_viewport_size(PHONE)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], verb
        self.page.set_viewport_size(DESK)

    def fill(self, given: dict[str, object]) -> None:
        for name, value in given.items():
            field = self.page.locator(f"main form.form [name='{name.replace('__', '-')}']")
            if isinstance(value, Path):
                opened = self.page.locator("main form.form details:not([open]) > summary")
                if opened.count():
                    opened.click()
                field.set_input_files(value)
            elif field.first.get_attribute("type") in ("radio", "checkbox"):
                self.page.check(f"main form.form [name='{name}'][value='{value}']")
            elif field.first.evaluate("one => one.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                field.fill(str(value))


Hands = Callable[[str], Hand]


@pytest.fixture(scope="module")
def hands(life_house: tuple[House, dict[str, str]], chromium: Browser) -> Iterator[Hands]:
    """Each person's own session, opened when first needed."""
    there: dict[str, Hand] = {}
    contexts = []

    def hand(name: str) -> Hand:
        if name not in there:
            context = chromium.new_context(viewport=DESK, locale="zh-CN", base_url=life_house[0].url)
            contexts.append(context)
            there[name] = Hand(context.new_page(), name)
        return there[name]

    yield hand
    broken = {name: one.broken for name, one in there.items() if one.broken}
    for context in contexts:
        context.close()
    assert broken == {}


def photo(folder: Path, colour: str = "green") -> Path:
    path = folder / f"{colour}.jpg"
    Image.new("RGB", (640, 480), colour).save(path)
    return path


def days(count: int) -> str:
    return (today() + timedelta(days=count)).isoformat()


def today() -> date:
    return clock.real_now().astimezone(clock.BEIJING).date()


def state(hand: Hand, number: str) -> str:
    """The state as the page's head says it."""
    return hand.look(number).locator(".marks").first.inner_text()


PLAN = {
    "requirement": "10户全部拆旧复垦",
    "effect": "10户宅基地复垦验收",
    "leader": "罗某",
    "person": "李某",
    "steps__0__text": "逐户签订协议并拆除",
    "nodes__0__quantity": "10",
    "nodes__0__text": "全部拆除",
}
SEND = "保存并送主要负责人签字"


def test_from_a_locked_list_to_closed_through_six_peoples_hands(
    life_house: tuple[House, dict[str, str]], hands: Hands, tmp_path: Path
) -> None:
    made = life_house[1]
    number = made["whole"]
    office = hands("office")
    office.page.goto(f"/lists/{made['list']}/")
    office.page.click("text=锁定清单")
    office.page.check("main form.form [type=checkbox]")
    office.page.click("main form.form button.btn-primary")
    expect(office.page.locator("main")).to_contain_text("已锁定")

    cadre, head = hands("cadre"), hands("head")
    staff, reviewer = hands("staff"), hands("reviewer")
    cadre.act(number, "签收", "已签收")
    cadre.act(
        number,
        "制定整改计划",
        "已送主要负责人签字",
        press=SEND,
        **PLAN,
        nodes__0__on=days(20),
        extra_helper="王某",
    )
    head.act(number, "签字报送整改计划", "计划报送审定")
    reviewer.act(number, "批准整改计划", "计划开始执行")
    said = cadre.act(
        number,
        "填报进展",
        "回执",
        quantity="10",
        narrative="10户已全部拆除复垦",
        files=photo(tmp_path),
        kind="after",
    )
    assert re.search(r"HZ\d{8}-\w{8}", said)
    cadre.act(number, "措施完成", "已记为完成", actions=cadre_action(cadre, number))
    staff.act(number, "核查", "核查已登记", method="site", examined="10", found_true="10")
    cadre.act(
        number, "申请销号", "已送主要负责人签字", statement="10户全部拆旧复垦", similar="none",
        archive_number="甲镇2018-001", **{f"answer{at}": "已做到，附照片" for at in range(4)}, extra0="县府发〔2018〕9号",
    )  # fmt: skip
    head.act(number, "签字申请销号", "等待复核")
    reviewer.act(number, "复核同意销号", "等待销号", words="现场属实，同意")

    look = staff.look(number)
    assert look.locator(".offers .buttons >> text=/^销号$/").count() == 0
    second = hands("second")
    second.act(number, "销号", "已销号")
    assert "已销号" in state(second, number)
    second.page.click("#closure ~ p a, section:has(#closure) a:text-is('销号单')")
    expect(second.page.locator("main")).to_contain_text(re.compile(r"XH\d{4}-\d{6}"))
    paper = second.page.locator("main").inner_text()
    assert "现场属实，同意" in paper
    told = second.look(number).locator("main").inner_text()
    for who in ("office", "cadre", "head", "staff", "reviewer", "second"):
        assert who in told, f"{who} is missing in the story"


def cadre_action(hand: Hand, number: str) -> str:
    """The id of the only open measure."""
    hand.page.goto(f"/issues/{number}/finish_action/")
    return str(hand.page.locator("[name=actions]").first.get_attribute("value"))


def test_every_side_exit_on_the_way(
    life_house: tuple[House, dict[str, str]], hands: Hands, tmp_path: Path
) -> None:
    made = life_house[1]
    side = made["side"]
    cadre, head, staff, leader = hands("cadre"), hands("head"), hands("staff"), hands("leader")
    office, second = hands("office"), hands("second")

    cadre.act(side, "退回分办", "", kind="inexact", words="户数应为9户")
    office.act(side, "答复退回", "", answer="upheld", words="经核实为10户")
    cadre.act(side, "签收", "已签收")

    cadre.act(side, "制定整改计划", "已送主要负责人签字", press=SEND, **PLAN, nodes__0__on=days(20))
    head.act(side, "退回整改计划", "已退回", lacking="整改措施", words="措施再具体些")
    expect(cadre.look(side).locator("main")).to_contain_text("措施再具体些")
    cadre.act(side, "制定整改计划", "已送主要负责人签字", press=SEND, steps__0__text="逐户拆除，落实到人")
    head.act(side, "签字报送整改计划", "计划报送审定")
    staff.act(side, "退回整改计划", "已退回", words="时间再提前")
    cadre.act(side, "制定整改计划", "已送主要负责人签字", press=SEND, nodes__0__on=days(10))
    head.act(side, "签字报送整改计划", "计划报送审定")
    staff.act(side, "批准整改计划", "计划开始执行")

    cadre.act(side, "申请延期", "等县领导批复", wanted_on=days(60), reason="汛期不能施工", progress="已拆8户")
    leader.act(side, "批复延期", "已批复", decision="grant", granted_on=days(45))
    cadre.act(
        side, "申请转长期坚持", "等整改办同意", reason="后续管护须长期坚持", next_review_on=days(90),
        goals__0__on=days(80), goals__0__text="管护制度建立",
    )  # fmt: skip
    office.act(side, "同意转长期坚持", "已转长期坚持")
    assert "转长期坚持" in state(office, side)
    office.act(side, "恢复整改", "已恢复整改", due_on=days(40), reason="条件已经具备")

    cadre.act(
        side, "填报进展", "回执", quantity="10", narrative="10户已拆除", files=photo(tmp_path), kind="after"
    )
    staff.act(
        side, "核查", "核查已登记", method="site", examined="10", found_true="8", reason="figures",
        words="2户只拆了屋面",
    )  # fmt: skip
    expect(cadre.look(side).locator("main")).to_contain_text("核减2户")
    office.act(
        side,
        "提请更正",
        "已提请",
        stage="confirmed",
        quantity="-1",
        on=days(0),
        reason="重复认定1户",
        document="县整改办〔2018〕7号",
    )
    assert office.look(side).locator(".offers .buttons >> text=/^确认更正$/").count() == 0
    second.act(side, "确认更正", "已确认更正")
    expect(second.look(side).locator("main")).to_contain_text("更正")


def test_every_way_out_that_takes_two_people(life_house: tuple[House, dict[str, str]], hands: Hands) -> None:
    made = life_house[1]
    office, second = hands("office"), hands("second")
    ground = {"reason": "已征收，不再是问题", "document": "县整改办〔2018〕8号"}
    office.act(made["removed"], "提请调出", "已提请", quantity="10", **ground)
    second.act(made["removed"], "确认调出", "已确认调出")
    office.act(made["rejected"], "提请不予受理", "已提请", **ground)
    second.act(made["rejected"], "不同意", "已答复", words="再核实")
    office.act(made["rejected"], "提请不予受理", "已提请", **ground)
    office.act(made["rejected"], "撤回提请", "已撤回")
    office.act(made["rejected"], "提请不予受理", "已提请", **ground)
    second.act(made["rejected"], "确认不予受理", "已确认不予受理")
    office.act(made["merged"], "提请合并", "已提请", into=made["keeper"], **ground)
    second.act(made["merged"], "确认合并", "已确认合并")
    office.act(made["transferred"], "提请移交", "已提请", to="县纪委监委", **ground)
    second.act(made["transferred"], "确认移交", "已确认移交")
    office.act(made["split"], "拆分", "已拆分", rows="4\t甲一村\n6\t甲二村", reason="分村落实")
    for name, word in (
        ("removed", "调出"),
        ("rejected", "不予受理"),
        ("merged", "合并"),
        ("transferred", "已移交"),
        ("split", "调出"),
    ):
        assert word in state(second, made[name]), name
    expect(second.look(made["keeper"]).locator("main")).to_contain_text(made["merged"])
    expect(second.look(made["split"]).locator("main")).to_contain_text("6户")
