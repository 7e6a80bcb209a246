"""Login: what is said, what is written down, the lockout, the first login's change, logout by POST."""

from django.test import Client

from tests.townships.conftest import PASSWORD, Person
from townships.models import Event, User
from townships.rules.roles import Role
from townships.services import accounts

LOGIN = "/accounts/login/"
NEW = "Xinmima-2018"


def log_in(client: Client, username: str, password: str) -> tuple[int, str]:
    response = client.post(LOGIN, {"username": username, "password": password})
    return response.status_code, response.content.decode()


def test_the_page_warns_of_secrets_and_lists_no_account_outside_the_demo(person: Person) -> None:
    person(Role.CADRE, is_demo=True)
    page = Client().get(LOGIN).content.decode()
    assert "本系统不得处理涉密信息" in page
    assert "演示账号" not in page


def test_the_demo_lists_accounts_that_still_have_its_password(person: Person, settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = True
    shown, changed = person(Role.CADRE, is_demo=True), person(Role.OFFICE, is_demo=True)
    accounts.change_password(changed, old=PASSWORD, new=NEW)
    page = Client().get(LOGIN).content.decode()
    assert shown.username in page
    assert accounts.DEMO_PASSWORD in page
    assert "演示数据，纯属虚构" in page
    assert changed.username not in page


def test_a_login_and_a_logout_are_written_down(person: Person) -> None:
    user, client = person(Role.CADRE), Client()
    assert log_in(client, user.username, PASSWORD)[0] == 302
    assert client.get("/accounts/logout/").status_code == 302
    assert client.get("/accounts/me/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/accounts/me/").headers["Location"].startswith(LOGIN)
    written = Event.objects.filter(subject_type="login", subject_id=user.pk)
    assert list(written.values_list("action", flat=True)) == ["login", "logout"]


def test_a_wrong_password_and_an_unknown_name_are_told_alike_and_the_name_is_not_kept(person: Person) -> None:
    user = person(Role.CADRE)
    wrong, unknown = log_in(Client(), user.username, "x"), log_in(Client(), "mimaDaCuoLe", "x")
    assert "用户名或密码不对" in wrong[1]
    assert "用户名或密码不对" in unknown[1]
    assert [event.summary for event in Event.objects.filter(action="login_failed")] == [
        f"{user.username} 登录失败",
        "不存在的用户名 登录失败",
    ]


def test_five_failures_lock_the_account_and_a_reset_opens_it(person: Person) -> None:
    user, client = person(Role.CADRE), Client()
    for _ in range(4):
        assert log_in(client, user.username, "x")[0] == 200
    status, page = log_in(client, user.username, "x")
    assert status == 403
    assert "30分钟" in page
    assert "系统管理员" in page
    assert log_in(client, user.username, PASSWORD)[0] == 403
    assert Event.objects.filter(action="login_locked", subject_id=user.pk).exists()
    password = accounts.reset_password(user, by=person(Role.SYSADMIN))
    assert log_in(client, user.username, password)[0] == 302


def test_the_first_login_leads_to_the_password_and_nowhere_else(person: Person) -> None:
    user, client = person(Role.CADRE), Client()
    password = accounts.reset_password(user, by=person(Role.SYSADMIN))
    log_in(client, user.username, password)
    for path in ("/units/", "/accounts/me/", "/people/"):
        assert client.get(path).headers["Location"] == "/accounts/password/"
    fragment = client.get("/units/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/accounts/password/"
    assert client.get("/api/v1/issues/").status_code == 403
    assert "请先设定自己的密码" in client.get("/accounts/password/").content.decode()
    given = {"old": password, "new": NEW, "again": "Xinmima-2019"}
    assert "不一样" in client.post("/accounts/password/", given).content.decode()
    response = client.post("/accounts/password/", {**given, "again": NEW})
    assert response.status_code == 302
    assert client.get("/units/").status_code == 200  # still logged in, and free to go


def test_a_weak_new_password_is_refused_beside_its_field(person: Person, browser) -> None:  # type: ignore[no-untyped-def]
    client = browser(person(Role.CADRE))
    page = client.post(
        "/accounts/password/", {"old": PASSWORD, "new": "abc", "again": "abc"}
    ).content.decode()
    assert "密码至少要有10个字符" in page
    page = client.post("/accounts/password/", {"old": "x", "new": NEW, "again": NEW}).content.decode()
    assert "原密码不对" in page


def test_who_is_switched_off_or_a_program_does_not_log_in(person: Person) -> None:
    user = person(Role.CADRE)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert log_in(Client(), user.username, PASSWORD)[0] == 200
    page = log_in(Client(), person(Role.API_CLIENT).username, PASSWORD)[1]
    assert "不能登录网页" in page


def test_nonsense_in_the_form_is_no_error(person: Person) -> None:
    person(Role.CADRE)
    assert log_in(Client(), "a\x00b", "\x00")[0] == 200
    assert log_in(Client(), "x" * 5000, "y" * 5000)[0] == 200
