"""Pages of units, people, calendar and audit: what the right person does, what others are told."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.townships.conftest import Person
from townships.models import CalendarDay, Event, Unit, User
from townships.rules.roles import Role
from townships.services import events, seals

Browser = Callable[[User], Client]


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def roster(
    *rows: tuple[str, ...], header: tuple[str, ...] = ("姓名", "单位", "岗位", "职务", "电话")
) -> BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["甲县整改工作人员名册"])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "名册.xlsx"
    return file


def test_the_tree_shows_former_names_and_successors(person: Person, browser: Browser, on_day: object) -> None:
    page = text(browser(person(Role.CADRE, "990100101")).get("/units/"))
    assert "曾用名 西山乡" in page
    assert "并入" in page
    assert "新增单位" not in page


def test_a_cadre_is_told_who_may_change_a_unit(person: Person, browser: Browser) -> None:
    page = text(browser(person(Role.CADRE, "990100101")).get("/units/990100101/"))
    assert "填报员不能维护单位，可由整改办／督查室办理。" in page
    refusal = browser(person(Role.CADRE, "990100101")).get("/units/add/")
    assert refusal.status_code == 403
    assert "填报员不能维护单位，可由整改办／督查室办理。" in text(refusal)


def test_the_office_renames_names_closes_and_adds(person: Person, browser: Browser) -> None:
    client = browser(person(Role.OFFICE))
    client.post("/units/990100101/rename/", {"rename-name": "新东镇", "rename-note": "批复"})
    client.post("/units/990100101/name/", {"name-name": "东坝"})
    client.post(
        "/units/990100102/close/",
        {"close-on": "2019-01-01", "close-successor": "新东镇", "close-note": "批复"},
    )
    closed = Unit.objects.get(code="990100102")
    assert closed.successor == Unit.objects.get(name="新东镇")
    made = client.post(
        "/units/add/",
        {"parent": "甲县", "level": "department", "code": "D77", "name": "甲县档案局"},
        follow=True,
    )
    assert "已新增甲县档案局" in text(made)
    assert "曾用名" in text(client.get("/units/990100101/"))


def test_what_the_office_typed_stays_when_it_is_refused(person: Person, browser: Browser) -> None:
    page = text(
        browser(person(Role.OFFICE)).post(
            "/units/990100101/close/",
            {"close-on": "2019-01-01", "close-successor": "不存在的镇", "close-note": "某依据"},
        )
    )
    assert "单位表中没有“不存在的镇”" in page
    assert 'value="某依据"' in page


def test_a_leader_is_put_in_charge_and_taken_out(person: Person, browser: Browser) -> None:
    leader, client = person(Role.LEADER), browser(person(Role.OFFICE))
    page = client.post("/units/D01/leader/", {"leader-leader": leader.pk}, follow=True)
    assert f"{leader.name}分管甲县水务局" in text(page)
    assert "甲县水务局" in text(browser(leader).get("/accounts/me/"))
    page = client.post("/units/D01/vacate/", {"user": leader.pk}, follow=True)
    assert f"{leader.name}不再分管甲县水务局" in text(page)
    assert client.post("/units/D01/vacate/", {"user": "x"}).status_code == 404


def test_an_account_is_made_its_password_shown_once_and_its_phone_hidden(
    person: Person, browser: Browser
) -> None:
    client = browser(person(Role.SYSADMIN))
    given = {"name": "李四", "username": "lisi", "role": "cadre", "unit": "西山乡", "phone": "13812345678"}
    slip = client.post("/people/add/", given)
    made = User.objects.get(username="lisi")
    assert made.unit == Unit.objects.get(code="990100102")
    password = text(slip).split("初始密码</dt><dd><kbd>")[1].split("<")[0]
    assert made.check_password(password.replace("&amp;", "&"))
    assert slip.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for path in (f"/people/{made.pk}/", "/people/?q=李四"):
        page = text(client.get(path))
        assert password not in page
        assert "138****5678" in page
        assert "13812345678" not in page
    assert "已有人使用" in text(client.post("/people/add/", given))


def test_an_account_is_reset_switched_off_and_changed(person: Person, browser: Browser) -> None:
    client, user = browser(person(Role.SYSADMIN)), person(Role.CADRE, "990100101")
    assert "初始密码" in text(client.post(f"/people/{user.pk}/reset/"))
    client.post(f"/people/{user.pk}/switch/")
    user.refresh_from_db()
    assert not user.is_active
    client.post(f"/people/{user.pk}/switch/")
    client.post(f"/people/{user.pk}/", {"name": "新名", "role": "unit_head", "unit": "南镇"})
    user.refresh_from_db()
    assert (user.name, user.role, user.is_active) == ("新名", "unit_head", True)


def test_the_office_sees_accounts_and_changes_none(person: Person, browser: Browser) -> None:
    client, user = browser(person(Role.OFFICE)), person(Role.CADRE, "990100101")
    assert user.name in text(client.get("/people/"))
    assert "新建账号" not in text(client.get("/people/"))
    assert "整改办／督查室不能管理账号，可由系统管理员办理。" in text(client.get(f"/people/{user.pk}/"))
    assert client.post(f"/people/{user.pk}/", {"name": "x", "role": "office"}).status_code == 403
    assert client.post(f"/people/{user.pk}/reset/").status_code == 403


def test_accounts_of_another_county_do_not_exist_for_one(person: Person, browser: Browser) -> None:
    Unit.objects.create(code="880100", name="乙县", short_name="乙", level="county", path="880100/")
    client, stranger = browser(person(Role.SYSADMIN)), person(Role.CADRE, "880100")
    assert stranger.username not in text(client.get("/people/"))
    assert client.get(f"/people/{stranger.pk}/").status_code == 404
    assert client.post(f"/people/{stranger.pk}/reset/").status_code == 404


def test_a_roster_makes_accounts_and_slips(person: Person, browser: Browser) -> None:
    client = browser(person(Role.SYSADMIN))
    file = roster(
        ("张三", "东镇人民政府", "填报员", "干事", "13812345678"),
        ("李四", "西山乡", "主要负责人", "", ""),
        ("王五", "水利局", "经办", "", ""),
    )
    page = text(client.post("/people/roster/", {"file": file}))
    assert page.count("初始密码</dt>") == 3
    roles = dict(User.objects.exclude(role="sysadmin").values_list("username", "role"))
    assert roles == {"990100101-01": "cadre", "990100102-01": "unit_head", "d01-01": "department_staff"}
    assert all(User.objects.exclude(role="sysadmin").values_list("must_change_password", flat=True))
    file.seek(0)
    again = text(client.post("/people/roster/", {"file": file}))
    assert "已有账号：张三（东镇）" in again
    assert User.objects.count() == 4


def test_one_bad_row_of_a_roster_makes_nothing_and_names_every_fault(
    person: Person, browser: Browser
) -> None:
    client = browser(person(Role.SYSADMIN))
    file = roster(("张三", "东镇", "填报员"), ("李四", "北镇", "填报员"), ("王五", "西镇", "馆长"))
    page = text(client.post("/people/roster/", {"file": file}))
    assert "第4行（李四）：单位表中没有“北镇”" in page
    assert "第5行（王五）：角色“馆长”不认识" in page
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "这个文件是空的"),
        (b"\x00\x01 nonsense", "文件"),
        ("姓名,电话\n张三,1\n".encode(), "没有找到名册"),
    ],
)
def test_a_file_that_is_no_roster_gets_a_sentence(
    person: Person, browser: Browser, content: bytes, said: str
) -> None:
    file = SimpleUploadedFile("名册.xlsx", content)
    response = browser(person(Role.SYSADMIN)).post("/people/roster/", {"file": file})
    assert response.status_code == 200
    told = text(response).split('class="error"')[1].split("</p>")[0]
    assert said in told


def test_the_office_changes_the_calendar_and_others_read_it(person: Person, browser: Browser) -> None:
    client = browser(person(Role.OFFICE))
    day = {"day": "2018-07-07", "is_workday": "yes", "name": "防汛值守"}
    assert "已设定2018-07-07上班" in text(client.post("/calendar/2018/day/", day, follow=True))
    assert CalendarDay.objects.get().is_workday
    client.post("/calendar/2018/document/", {"document": "县政府通知"})
    page = text(browser(person(Role.CADRE)).get("/calendar/2018/"))
    assert "县政府通知" in page
    assert "防汛值守" in page
    assert "填报员不能维护工作日历" in page
    client.post("/calendar/2018/remove/", {"day": "2018-07-07"})
    assert not CalendarDay.objects.exists()
    assert client.post("/calendar/2018/remove/", {"day": "x"}).status_code == 302
    assert client.get("/calendar/9999/").status_code == 404
    assert client.post("/calendar/2018/day/", {**day, "day": "9999-01-01"}).status_code == 200


def test_the_trail_is_filtered_paged_and_proved(person: Person, browser: Browser) -> None:
    auditor, office = person(Role.AUDITOR), person(Role.OFFICE)
    for number in range(60):
        events.record(subject_type="unit", subject_id=9, action="x", summary=f"第{number}次改动", by=office)
    client = browser(auditor)
    page = text(client.get("/audit/?subject_type=unit&subject_id=9"))
    assert "第59次改动" in page
    assert "第9次改动" not in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "第9次改动" in text(client.get("/audit/" + following))
    assert "第59次改动" in text(client.get(f"/audit/?actor={office.name}"))
    assert "没有记录" in text(client.get("/audit/?last=2000-01-01"))
    assert "看不懂" in text(client.get("/audit/?first=昨天"))
    seals.seal()
    assert "完好" in text(client.post("/audit/verify/"))
    Event.objects.filter(summary="第3次改动").update(summary="没有改动")
    assert "有问题" in text(client.post("/audit/verify/"))
    assert Event.objects.filter(action="verify_audit", actor=auditor).count() == 2


def test_events_of_leads_are_for_the_auditor_alone(person: Person, browser: Browser) -> None:
    events.record(subject_type="lead", subject_id=1, action="x", summary="线索一件", by=None)
    assert "线索一件" in text(browser(person(Role.AUDITOR)).get("/audit/"))
    page = text(browser(person(Role.OFFICE)).get("/audit/"))
    assert "线索一件" not in page
    assert ">线索</option>" not in page


def test_nonsense_in_an_address_is_no_error(person: Person, browser: Browser) -> None:
    client = browser(person(Role.OFFICE))
    for path in (
        "/units/?q=%00",
        "/people/?q=%00&role=%00&page=x",
        "/units/%00/",
        "/units/x'%22/",
        "/people/99999999999999999999/",
    ):
        assert client.get(path).status_code in (200, 404)
    for query in ("subject_id=99999999999999999999", "before=-1", "actor=%00", "action=%00"):
        assert client.get(f"/audit/?{query}").status_code == 200
