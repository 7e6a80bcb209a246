"""The set-up of an empty house: who may begin, what each step takes and refuses, what it leaves behind."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import Workbook, load_workbook

from dashboards.queries.setup import nobody_yet
from dashboards.services import setup
from dashboards.services.setup_code import is_setup_code, setup_code
from issues.models import Category, IssueList
from issues.services import categories, lists
from issues.services.categories import CategoryEdit, CategoryError
from projects.models import Campaign
from tests import factories as make
from townships.models import CalendarYear, Event, Unit, User
from townships.rules.roles import Level, Role

pytestmark = pytest.mark.django_db
HERE = {"headers": {"host": "127.0.0.1:8000"}, "REMOTE_ADDR": "127.0.0.1"}
LAN = {"headers": {"host": "10.1.2.3:8000"}, "REMOTE_ADDR": "10.1.2.9"}
FIRST = {
    "county_name": "甲县",
    "level": "county",
    "county_code": "990100",
    "admin_name": "管某",
    "admin_username": "admin",
    "admin_password": "Guanli-2018x",
    "admin_again": "Guanli-2018x",
    "office_name": "何某",
    "office_username": "zgb",
    "office_password": "Zhenggai-2018",
    "office_again": "Zhenggai-2018",
}
UNITS = {
    "乡镇": [["名称"], ["东镇"], ["西乡"]],
    "村": [["乡镇", "村"], ["东镇", "一村"]],
    "部门": [["部门"], ["甲县水务局"], ["甲县住建局"]],
}
Rows = list[list[Any]]


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.PRIVATE_FILES_DIR = tmp_path / "files"


def workbook(sheets: dict[str, Rows], name: str = "表.xlsx") -> SimpleUploadedFile:
    book, buffer = Workbook(), BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def office(client: Client) -> Client:
    """The browser that has just made the first two accounts of 甲县."""
    assert client.post("/setup/", FIRST, **HERE).status_code == 302
    return client


@pytest.fixture
def furnished(office: Client) -> Client:
    """The office of a county that has units and a campaign."""
    office.post("/setup/units/", {"file": workbook(UNITS)})
    office.post("/setup/units/load/")
    office.post("/setup/campaign/", {"code": "gj2018", "name": "攻坚行动", "list_lock_on": "2018-06-02"})
    return office


# --- the door ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/issues/", "/accounts/login/", "/people/add/", "/nothing/here/"])
def test_an_empty_house_sends_every_address_to_its_set_up(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    assert client.get(path, headers={"HX-Request": "true"})["HX-Redirect"] == "/setup/"


def test_whether_the_house_lives_is_told_while_it_is_empty(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_the_built_in_account_is_nobody(client: Client) -> None:
    User.objects.create(username="system", name="系统", role="office", password="!")
    assert nobody_yet()


def test_who_sits_at_the_server_needs_no_code(client: Client) -> None:
    assert "系统管理员账号" in text(client.get("/setup/", **HERE))


@pytest.mark.parametrize(
    "from_elsewhere",
    [
        LAN,
        {"headers": {"host": "10.1.2.3"}, "REMOTE_ADDR": "127.0.0.1"},
        {"headers": {"host": "127.0.0.1", "X-Forwarded-For": "10.1.2.9"}, "REMOTE_ADDR": "127.0.0.1"},
        {"headers": {"host": "127.0.0.1", "X-Real-IP": "10.1.2.9"}, "REMOTE_ADDR": "127.0.0.1"},
        {"headers": {"host": "127.0.0.1"}, "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.0"},
    ],
)
def test_from_elsewhere_or_through_a_proxy_the_code_is_asked(
    client: Client, from_elsewhere: dict[str, Any]
) -> None:
    for answer in (client.get("/setup/", **from_elsewhere), client.post("/setup/", FIRST, **from_elsewhere)):
        assert answer.status_code == 403
        assert "首次设置码" in text(answer)
    assert nobody_yet()


def test_a_trusted_proxy_makes_nobody_local(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXY = ["127.0.0.1"]
    assert client.get("/setup/", **HERE).status_code == 403


def test_the_code_from_the_console_opens_the_house_once(client: Client) -> None:
    code = setup_code()
    assert code == setup_code()
    assert client.post("/setup/", {"code": "AAAA-BBBB-CCCC"}, **LAN).status_code == 403
    assert client.post("/setup/", {"code": code.lower().replace("-", " ")}, **LAN).status_code == 302
    assert client.post("/setup/", FIRST, **LAN).status_code == 302
    assert not is_setup_code(code)
    assert setup_code() == ""


def test_the_link_on_the_console_opens_the_house(client: Client) -> None:
    assert client.get(f"/setup/?code={setup_code()}", **LAN)["Location"] == "/setup/"
    assert client.get("/setup/", **LAN).status_code == 200


def test_the_code_is_told_by_command_until_somebody_is_there(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("setup_code", "--json")
    assert json.loads(capsys.readouterr().out) == {"code": setup_code()}
    client.post("/setup/", FIRST, **HERE)
    with pytest.raises(CommandError, match="已经完成首次设置"):
        call_command("setup_code")


# --- the first page ---------------------------------------------------------------------------------------------


def test_the_first_page_makes_the_county_and_two_accounts_and_lets_the_office_in(office: Client) -> None:
    county = Unit.objects.get()
    assert (county.name, county.short_name, county.code, county.level) == ("甲县", "甲县", "990100", "county")
    people = {user.username: user for user in User.objects.exclude(username="system")}
    assert {name: user.role for name, user in people.items()} == {"admin": "sysadmin", "zgb": "office"}
    assert all(user.unit == county and not user.must_change_password for user in people.values())
    assert people["zgb"].check_password("Zhenggai-2018")
    assert CalendarYear.objects.filter(year=2018).exists()
    assert "载入单位" in text(office.get("/setup/"))
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"load_county", "create_account", "first_setup", "login"} <= actions


def test_afterwards_nobody_is_first_again(office: Client) -> None:
    stranger = Client()
    assert "/accounts/login/" in stranger.get("/setup/", **HERE)["Location"]
    assert stranger.post("/setup/", FIRST, **HERE).status_code == 302
    assert User.objects.exclude(username="system").count() == 2
    people = setup.FirstPerson("张三", "x1", "Mima-2018-abc")
    with pytest.raises(setup.SetupError):
        setup.begin(setup.FirstSetup("乙县", "", Level.COUNTY, people, people))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"county_name": ""}, "请填写"),
        ({"county_name": "甲\x00县"}, "没有保存"),
        ({"county_code": "1/2"}, "代码只能用字母"),
        ({"level": "village"}, "没有保存"),
        ({"admin_password": "abc", "admin_again": "abc"}, "密码至少要有10个字符"),
        ({"office_again": "Zhenggai-2019"}, "两次输入的密码不一样"),
        ({"office_username": "ADMIN"}, "用户名不能相同"),
        ({"office_username": "a b"}, "不能含空格"),
        ({"admin_name": " "}, "请填写"),
    ],
)
def test_a_wrong_first_page_makes_nothing_and_says_why(
    client: Client, wrong: dict[str, str], said: str
) -> None:
    answer = client.post("/setup/", {**FIRST, **wrong}, **HERE)
    assert answer.status_code == 200
    assert said in text(answer)
    assert "Guanli-2018x" not in text(answer)
    assert nobody_yet() and not Unit.objects.exists()


def test_units_loaded_by_command_before_are_taken_over(client: Client) -> None:
    county = make.county()
    assert "某县" in text(client.get("/setup/", **HERE))
    people = {key: value for key, value in FIRST.items() if not key.startswith(("county", "level"))}
    assert client.post("/setup/", people, **HERE).status_code == 302
    assert User.objects.get(username="zgb").unit == county


# --- units ------------------------------------------------------------------------------------------------------


def test_units_are_seen_before_they_are_loaded(office: Client) -> None:
    answer = office.post("/setup/units/", {"file": workbook(UNITS)}, follow=True)
    assert "载入这些单位" in text(answer)
    assert Unit.objects.count() == 1
    assert "新增5个" in text(office.post("/setup/units/load/", follow=True))
    assert Unit.objects.count() == 6
    assert "2个乡镇、1个村（社区）、2个部门" in text(office.get("/setup/"))
    assert Event.objects.filter(action="load_county").count() == 2


def test_a_workbook_with_errors_loads_nothing_and_can_be_given_again(office: Client) -> None:
    bad = {"村": [["乡镇", "村"], ["南镇", "一村"]]}
    answer = office.post("/setup/units/", {"file": workbook(bad)}, follow=True)
    # The village's township is listed with it, so a place nobody knows is only one without a township.
    assert "载入这些单位" in text(answer)
    worse = {"村": [["名称", "级别"], ["一村", "村"]]}
    answer = office.post("/setup/units/", {"file": workbook(worse)}, follow=True)
    assert "“村”第2行：“一村”没有写所属乡镇" in text(answer)
    assert "没有载入" in text(office.post("/setup/units/load/", follow=True))
    assert Unit.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b\n1,2\n", b"\x00" * 100]
)
def test_any_other_file_is_refused_in_a_sentence(office: Client, content: bytes) -> None:
    for page in ("/setup/units/", "/setup/accounts/"):
        answer = office.post(page, {"file": SimpleUploadedFile("x.xlsx", content)}, follow=True)
        assert answer.status_code == 200
        assert "没有完成" in text(answer) or "field wrong" in text(answer)


@pytest.mark.parametrize("page", ["/setup/units/", "/setup/accounts/"])
def test_what_bears_a_secrecy_mark_is_refused_and_not_kept(office: Client, page: str, tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"单位": [["机密★10年"], ["名称"], ["东镇"]]}
    for upload in (workbook(sheets), workbook(UNITS, "（秘密）单位表.xlsx")):
        assert "密级标志" in text(office.post(page, {"file": upload}))
    assert list((tmp_path / "files" / "setup").iterdir()) == []


def test_without_a_file_the_form_says_so(office: Client) -> None:
    assert "请选择文件" in text(office.post("/setup/units/"))
    assert "重新选择" in text(office.get("/setup/units/preview/", follow=True))


def test_a_kept_file_is_of_one_browser_and_goes_when_it_was_used(office: Client, tmp_path: Path) -> None:
    office.post("/setup/units/", {"file": workbook(UNITS)})
    office.post("/setup/units/", {"file": workbook(UNITS)})
    assert len(list((tmp_path / "files" / "setup").iterdir())) == 1
    office.post("/setup/units/load/")
    assert list((tmp_path / "files" / "setup").iterdir()) == []


# --- the campaign -----------------------------------------------------------------------------------------------


def test_a_campaign_is_made_and_corrected(office: Client) -> None:
    told = {"code": "gj2018", "name": "攻坚", "start_on": "2018-06-01", "end_on": "2018-09-08"}
    assert office.post("/setup/campaign/", told).status_code == 302
    assert office.post("/setup/campaign/gj2018/", {"name": "攻坚行动", "end_on": ""}).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.start_on, campaign.end_on) == ("攻坚行动", None, None)
    assert [event.action for event in Event.objects.filter(subject_type="campaign")] == ["create", "change"]
    assert office.get("/setup/campaign/other/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "工作"}, "工作代号只能用字母"),
        ({"name": "x" * 101}, "100"),
        ({"start_on": "2018-13-01"}, "有效的日期"),
        ({"end_on": "2018-05-01", "start_on": "2018-06-01"}, "早于开始日期"),
    ],
)
def test_a_wrong_campaign_is_refused_in_words(office: Client, wrong: dict[str, str], said: str) -> None:
    answer = office.post("/setup/campaign/", {"code": "gj", "name": "攻坚", **wrong})
    assert answer.status_code == 200
    assert said in text(answer)
    assert not Campaign.objects.exists()


# --- accounts ---------------------------------------------------------------------------------------------------

PEOPLE: Rows = [
    ["姓名", "单位", "角色", "电话"],
    ["张三", "东镇", "填报员", "13800001234"],
    ["李四", "水务局", "经办", ""],
]


def test_accounts_come_from_a_roster_with_slips_shown_once(furnished: Client) -> None:
    seen = text(furnished.post("/setup/accounts/", {"file": workbook({"名册": PEOPLE})}, follow=True))
    assert "张三" in seen and "138****1234" in seen and "13800001234" not in seen
    assert User.objects.filter(name="张三").count() == 0
    answer = furnished.post("/setup/accounts/create/")
    slips = answer.context["slips"]
    assert [(user.name, user.role) for user, _ in slips] == [("张三", "cadre"), ("李四", "department_staff")]
    assert all(user.must_change_password and user.check_password(password) for user, password in slips)
    assert slips[0][1] in text(answer)
    assert "no-store" in answer["Cache-Control"]
    again = furnished.post("/setup/accounts/create/", follow=True)
    assert slips[0][1] not in text(again)
    first_login = Client()
    first_login.force_login(slips[0][0], "django.contrib.auth.backends.ModelBackend")
    assert first_login.get("/")["Location"] == "/accounts/password/"


def test_the_same_roster_again_makes_nobody_twice(furnished: Client) -> None:
    for _ in range(2):
        furnished.post("/setup/accounts/", {"file": workbook({"名册": PEOPLE})})
        furnished.post("/setup/accounts/create/")
    assert User.objects.filter(name__in=["张三", "李四"]).count() == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["王五", "南镇", "填报员"], "单位表中没有“南镇”"),
        (["王五", "东镇", "司机"], "角色“司机”不认识"),
        (["王五", "甲县", "系统管理员"], "系统管理员账号由现有的系统管理员"),
    ],
)
def test_one_wrong_row_makes_no_account_at_all(furnished: Client, row: list[str], said: str) -> None:
    roster = {"名册": [*PEOPLE, row]}
    assert said in text(furnished.post("/setup/accounts/", {"file": workbook(roster)}, follow=True))
    assert "没有建立账号" in text(furnished.post("/setup/accounts/create/", follow=True))
    assert not User.objects.filter(name="张三").exists()


@pytest.mark.parametrize("page", ["/setup/units/template/", "/setup/accounts/template/"])
def test_the_empty_workbooks_can_be_downloaded(office: Client, page: str) -> None:
    answer = office.get(page)
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert load_workbook(BytesIO(content)).worksheets[0].max_row >= 3


# --- categories -------------------------------------------------------------------------------------------------


def row(prefix: str, name: str, department: str = "", standard: str = "", day: str = "", **more: str) -> Any:
    told = {"name": name, "department": department, "standard": standard, "standard_on": day, **more}
    return {f"{prefix}-{key}": value for key, value in told.items()}


def before(client: Client, category: Category) -> str:
    rows = client.get("/setup/categories/").context["rows"]
    return next(one.digest for one in rows if one.line and one.line.category == category)


def test_categories_are_filled_in_as_a_table(furnished: Client) -> None:
    told = row("n0", "住房", "住建局", "全部改造完毕。", "2018-05-01") | row("n1", "饮水", "水务局")
    assert "新增2个类别" in text(furnished.post("/setup/categories/", told, follow=True))
    housing, water = Category.objects.order_by("code")
    assert (housing.code, housing.department.name, str(housing.standard_on)) == (  # type: ignore[union-attr]
        "C001", "甲县住建局", "2018-05-01",
    )  # fmt: skip
    told = (
        row(f"c{housing.pk}", "住房安全", "", before=before(furnished, housing))
        | row(f"c{water.pk}", "饮水", "水务局", before=before(furnished, water))
        | row("n0", "未拆旧", parent=str(housing.pk))
    )
    assert "新增1个类别，修改1个" in text(furnished.post("/setup/categories/", told, follow=True))
    names = list(Category.objects.order_by("path").values_list("full_name", flat=True))
    assert names == ["住房安全", "住房安全 / 未拆旧", "饮水"]
    assert Event.objects.filter(subject_type="category").count() == 4


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (row("n0", "住房", "南极局"), "单位表中没有“南极局”"),
        (row("n0", "住房", standard="改造完毕"), "请填标准的日期"),
        (row("n0", "住/房"), "不能含“/”"),
        (row("n0", "住房") | row("n1", "住房"), "已有同名的类别"),
        (row("n0", "", "水务局"), "不能为空"),
        (row("n0", "住房", parent="99"), "请改正"),
        (row("n0", "住房", day="昨天"), "日期"),
    ],
)
def test_a_wrong_category_saves_none_and_says_why(furnished: Client, told: Any, said: str) -> None:
    answer = furnished.post("/setup/categories/", told)
    assert answer.status_code == 200
    assert said in text(answer) or "没有保存" in text(answer)
    assert not Category.objects.exists()


def test_nobody_writes_over_a_change_they_have_not_seen(furnished: Client) -> None:
    furnished.post("/setup/categories/", row("n0", "住房"))
    housing = Category.objects.get()
    seen = before(furnished, housing)
    furnished.post("/setup/categories/", row(f"c{housing.pk}", "住房", "住建局", before=seen))
    late = furnished.post("/setup/categories/", row(f"c{housing.pk}", "住房", "水务局", before=seen))
    assert "刚被他人改过" in text(late)
    untouched = row(f"c{housing.pk}", "住房", "", before=seen) | row("n0", "饮水")
    assert furnished.post("/setup/categories/", untouched).status_code == 302
    housing.refresh_from_db()
    assert housing.department is not None and housing.department.name == "甲县住建局"


def test_a_name_under_which_issues_stand_is_the_ledgers(furnished: Client) -> None:
    campaign, office = Campaign.objects.get(), User.objects.get(username="zgb")
    above = make.category(campaign, "C001", "住房")
    make.issue(make.issue_list(campaign), office, category=make.category(campaign, "C002", "拆旧", above))
    with pytest.raises(CategoryError, match="名称随台账"):
        categories.store(campaign, [CategoryEdit(above.pk, "房屋")], by=office)
    assert categories.store(
        campaign, [CategoryEdit(above.pk, "住房", Unit.objects.first())], by=office
    ).changed


def test_the_table_costs_the_same_however_long_it_is(
    furnished: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    campaign = Campaign.objects.get()
    for number in range(30):
        make.category(campaign, f"C{number + 1:03d}", f"类{number}", department=Unit.objects.first())
    with django_assert_max_num_queries(25):
        assert furnished.get("/setup/categories/").status_code == 200


# --- lists ------------------------------------------------------------------------------------------------------


def test_a_list_is_made_shown_and_corrected(furnished: Client) -> None:
    told = {
        "title": "甲县住房问题整改台账",
        "source": "县审计局",
        "as_of_on": "2018-05-20",
        "immediate_days": "15",
    }
    assert furnished.post("/lists/add/", told).status_code == 302
    listed = IssueList.objects.get()
    assert (listed.code, listed.short_name, listed.as_of_on) == ("QD001", "住房", date(2018, 5, 20))
    assert "标题为“甲县住房问题整改台账”的清单" in text(furnished.post("/lists/add/", told))
    facts = {"short_name": "住房安全", "immediate_days": "10", "lock_on": "2018-06-02"}
    assert furnished.post(f"/lists/{listed.pk}/change/", facts).status_code == 302
    listed.refresh_from_db()
    assert (listed.short_name, listed.immediate_days) == ("住房安全", 10)
    assert "住房安全" in text(furnished.get("/lists/"))


def test_a_locked_list_keeps_its_lock(furnished: Client) -> None:
    campaign, office = Campaign.objects.get(), User.objects.get(username="zgb")
    listed = make.issue_list(campaign, locked_at="2018-06-02T12:00+08:00", lock_on=date(2018, 6, 2))
    with pytest.raises(lists.ListError, match="已经锁定"):
        lists.change(listed, lists.ListFacts(short_name="x", lock_on=None), by=office)


def test_a_number_of_the_lists_page_opens_as_many_issues(furnished: Client) -> None:
    campaign, office = Campaign.objects.get(), User.objects.get(username="zgb")
    listed = make.issue_list(campaign)
    for _ in range(3):
        make.issue(listed, office)
    page = furnished.get("/lists/")
    assert [one.items for one in page.context["lists"]] == [3]
    assert furnished.get(f"/issues/?campaign=gj2018&list={listed.code}").context["count"] == 3


def test_a_cadre_sees_only_lists_with_issues_of_its_own(furnished: Client) -> None:
    campaign, office = Campaign.objects.get(), User.objects.get(username="zgb")
    make.issue(make.issue_list(campaign, "L1", "甲"), office, township=Unit.objects.get(name="东镇"))
    make.issue(make.issue_list(campaign, "L2", "乙"), office, township=Unit.objects.get(name="西乡"))
    make.issue_list(campaign, "L3", "丙")
    for township, seen in (("东镇", ["L1"]), ("西乡", ["L2"])):
        client = Client()
        cadre = make.user(Role.CADRE.value, Unit.objects.get(name=township))
        client.force_login(cadre, "django.contrib.auth.backends.ModelBackend")
        assert [one.listed.code for one in client.get("/lists/").context["lists"]] == seen


# --- anything at all --------------------------------------------------------------------------------------------

FORMS = {
    "/setup/": [*FIRST, "code"],
    "/setup/campaign/": ["code", "name", "start_on", "end_on", "list_lock_on", "plan_due_on"],
    "/lists/add/": ["title", "short_name", "source", "source_doc", "as_of_on", "immediate_days", "lock_on"],
    "/setup/categories/": ["n0-name", "n0-parent", "n0-department", "n0-standard", "n0-standard_on"],
}
anything = st.text(max_size=300) | st.sampled_from(
    ["\x00", "9" * 40, "2018-02-30", "0001-01-01", "..//", "甲县"]
)


class Fuzz(TestCase):
    @given(st.sampled_from(sorted(FORMS)), st.data())
    def test_whatever_is_typed_is_answered_with_a_page(self, path: str, data: st.DataObject) -> None:
        county = make.county()
        make.campaign(county)
        client = Client(raise_request_exception=True)
        if path != "/setup/":
            client.force_login(make.user("office", county), "django.contrib.auth.backends.ModelBackend")
        told = {name: data.draw(anything, label=name) for name in FORMS[path]}
        answer = client.post(path, told, **HERE)
        assert answer.status_code in (200, 302, 400, 403)

    @given(st.lists(st.lists(anything | st.integers() | st.none(), max_size=6), max_size=6))
    def test_whatever_the_workbook_holds_is_answered_with_a_page(self, rows: Rows) -> None:
        county = make.county()
        client = Client(raise_request_exception=True)
        client.force_login(make.user("office", county), "django.contrib.auth.backends.ModelBackend")
        for page, header in (("units", ["名称", "级别", "上级", "代码"]), ("accounts", PEOPLE[0])):
            content = "\n".join("\t".join(str(cell or "") for cell in line) for line in [header, *rows])
            upload = SimpleUploadedFile("x.csv", content.encode("utf-8", "replace"))
            assert client.post(f"/setup/{page}/", {"file": upload}, follow=True).status_code == 200
