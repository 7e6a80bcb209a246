"""Accounts: made with a seat and an event, passwords changed and reset, switched off and on."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.townships.conftest import PASSWORD, Person
from townships.models import SYSTEM_USERNAME, Event, Seat, Unit, User
from townships.rules.roles import Duty, Role
from townships.services import accounts
from townships.services.accounts import AccountError, NewAccount

NEW = "Xinmima-2018"


def seats(user: User) -> list[tuple[str, str]]:
    return list(Seat.objects.filter(user=user).values_list("unit__code", "duty"))


def test_the_system_user_is_made_once_and_gets_the_county_when_there_is_one(db: None) -> None:
    first = accounts.system_user()
    assert (first.username, first.role, first.unit) == (SYSTEM_USERNAME, "office", None)
    assert not first.has_usable_password()
    county = Unit.objects.create(code="1", name="县", short_name="县", level="county", path="1/")
    assert accounts.system_user().unit == county
    assert User.objects.count() == 1


def test_an_account_gets_a_random_password_to_be_changed_and_a_seat(county: Unit) -> None:
    township = Unit.objects.get(code="990100101")
    user, password = accounts.create(NewAccount("li", "李四", Role.CADRE, township), by=None)
    assert user.must_change_password
    assert user.check_password(password)
    assert seats(user) == [("990100101", Duty.STAFF.value)]
    assert Seat.objects.filter(unit=township, duty=Duty.STAFF.value).count() == 1
    event = Event.objects.get(subject_type="user", subject_id=user.pk)
    assert event.summary == "建立账号 li（李四，填报员，东镇）"
    assert password not in str(event.facts)


def test_a_second_cadre_sits_beside_the_first(person: Person) -> None:
    first, second = person(Role.CADRE, "990100101"), person(Role.CADRE, "990100101")
    assert seats(first) == seats(second) == [("990100101", "staff")]


def test_a_password_given_needs_no_change(person: Person) -> None:
    assert not person(Role.OFFICE).must_change_password


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "两 个"}, "不能含空格"),
        ({"username": ""}, "用户名不能为空"),
        ({"name": " "}, "姓名不能为空"),
        ({"unit": None}, "请选择单位"),
        ({"password": "short"}, "至少要有10个字符"),
    ],
)
def test_a_bad_account_is_refused_in_words(county: Unit, change: dict[str, object], said: str) -> None:
    given: dict[str, object] = {"username": "li", "name": "李四", "role": Role.CADRE, "unit": county}
    with pytest.raises(AccountError, match=said):
        accounts.create(NewAccount(**{**given, **change}), by=None)  # type: ignore[arg-type]
    assert not User.objects.exists()


def test_a_username_is_taken_once_whatever_its_case(person: Person) -> None:
    user = person(Role.OFFICE)
    with pytest.raises(AccountError, match="已有人使用"):
        accounts.create(NewAccount(user.username.upper(), "张三", Role.CADRE, user.unit), by=None)


def test_one_bad_account_of_many_makes_none(county: Unit) -> None:
    with pytest.raises(AccountError):
        accounts.create_many(
            [NewAccount("a", "甲", Role.CADRE, county), NewAccount("A", "乙", Role.CADRE, None)], by=None
        )
    assert not User.objects.exists()


def test_a_password_is_changed_with_the_old_one(person: Person) -> None:
    user = person(Role.CADRE)
    with pytest.raises(AccountError, match="原密码不对"):
        accounts.change_password(user, old="wrong", new=NEW)
    accounts.change_password(user, old=PASSWORD, new=NEW)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.must_change_password
    assert user.password_changed_at is not None


def test_the_last_five_passwords_do_not_come_again(person: Person) -> None:
    user = person(Role.CADRE)
    used = [PASSWORD]
    for number in range(5):
        accounts.change_password(user, old=used[-1], new=f"{NEW}-{number}")
        used.append(f"{NEW}-{number}")
    for former in used[-5:]:
        with pytest.raises(AccountError, match="最近5次"):
            accounts.change_password(user, old=used[-1], new=former)
    accounts.change_password(user, old=used[-1], new=used[0])


def test_a_reset_gives_a_password_to_be_changed(person: Person) -> None:
    user, sysadmin = person(Role.CADRE), person(Role.SYSADMIN)
    password = accounts.reset_password(user, by=sysadmin)
    user.refresh_from_db()
    assert user.check_password(password)
    assert user.must_change_password
    assert Event.objects.get(action="reset_password").actor == sysadmin


def test_who_is_switched_off_sees_nothing_and_leaves_the_seat(person: Person) -> None:
    user, sysadmin = person(Role.OFFICE), person(Role.SYSADMIN)
    accounts.deactivate(user, by=sysadmin)
    user.refresh_from_db()
    assert not user.is_active
    assert user.scope.root == "-"
    assert seats(user) == []
    assert Seat.objects.filter(unit=user.unit, duty="supervision", user=None).count() == 1
    accounts.activate(user, by=sysadmin)
    assert seats(user) == [("990100", "supervision")]


def test_nobody_switches_off_oneself_or_the_system(person: Person) -> None:
    sysadmin = person(Role.SYSADMIN)
    with pytest.raises(AccountError, match="自己"):
        accounts.deactivate(sysadmin, by=sysadmin)
    with pytest.raises(AccountError, match="内置"):
        accounts.deactivate(accounts.system_user(), by=sysadmin)


def test_another_unit_means_another_seat(person: Person) -> None:
    user, sysadmin = person(Role.CADRE, "990100101"), person(Role.SYSADMIN)
    accounts.change(
        user,
        name="新名",
        role=Role.UNIT_HEAD,
        unit=Unit.objects.get(code="990100102"),
        title="镇长",
        phone="",
        by=sysadmin,
    )
    assert seats(user) == [("990100102", "head")]
    assert Event.objects.get(action="change_account").facts == {"changed": ["name", "role", "unit", "title"]}


def test_nobody_gives_oneself_another_role(person: Person) -> None:
    sysadmin = person(Role.SYSADMIN)
    with pytest.raises(AccountError, match="另一位系统管理员"):
        accounts.change(
            sysadmin, name="x", role=Role.OFFICE, unit=sysadmin.unit, title="", phone="", by=sysadmin
        )


def test_demo_passwords_are_live_until_they_are_changed(person: Person) -> None:
    assert not accounts.demo_passwords_live()
    user = person(Role.CADRE, is_demo=True)
    assert accounts.demo_passwords_live()
    accounts.change_password(user, old=PASSWORD, new=NEW)
    assert not accounts.demo_passwords_live()


def test_the_command_prints_a_random_password_once(
    county: Unit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("create_user", "li", "--role", "cadre", "--unit", "990100101")
    printed = capsys.readouterr().out
    user = User.objects.get(username="li")
    assert user.check_password(printed.strip().rsplit("：", 1)[1])
    assert user.must_change_password
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
    call_command("create_user", "wang", "--role", "office", "--unit", "D02", "--password-stdin")
    assert NEW not in capsys.readouterr().out
    assert not User.objects.get(username="wang").must_change_password


def test_the_command_refuses_an_unknown_unit(county: Unit) -> None:
    with pytest.raises(CommandError, match="没有代码为 X 的单位"):
        call_command("create_user", "li", "--role", "cadre", "--unit", "X")
