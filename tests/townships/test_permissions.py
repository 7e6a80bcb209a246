"""Who may do what: closed by default, by the table alone."""

from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from tests.townships.conftest import Person
from townships.access import allowed
from townships.models import Unit
from townships.rules.permissions import PERMISSION_LABELS, ROLE_PERMISSIONS, Permission, holders, holds
from townships.rules.roles import Role

ANY_ROLE = st.sampled_from(Role)
ANY_PERMISSION = st.sampled_from(Permission)


@given(ANY_ROLE, ANY_PERMISSION)
def test_a_role_holds_exactly_what_the_table_gives_it(role: Role, permission: Permission) -> None:
    assert holds(role, permission) == (permission in ROLE_PERMISSIONS[role])
    assert (role in holders(permission)) == (holds(role, permission) and role is not Role.API_CLIENT)


def test_every_permission_has_a_word_and_a_holder() -> None:
    assert set(PERMISSION_LABELS) == set(Permission)
    assert all(holders(permission) for permission in Permission)


def test_every_role_is_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_who_verifies_the_trail_does_not_manage_accounts_and_neither_sees_business() -> None:
    business = {Permission.SEE_ISSUES, Permission.SEE_PROJECTS, Permission.SEE_DASHBOARD, Permission.EXPORT}
    for role in (Role.SYSADMIN, Role.AUDITOR):
        assert not ROLE_PERMISSIONS[role] & business
    assert not holds(Role.SYSADMIN, Permission.READ_AUDIT)
    assert not holds(Role.AUDITOR, Permission.MANAGE_ACCOUNTS)


def test_only_the_head_signs_as_head() -> None:
    assert holders(Permission.SIGN_AS_HEAD) == (Role.UNIT_HEAD,)


def test_who_reports_for_a_unit_closes_nothing() -> None:
    for role in Role:
        if holds(role, Permission.REPORT):
            assert not holds(role, Permission.CLOSE)


def test_the_anonymous_and_the_inactive_may_nothing(person: Person) -> None:
    office = person(Role.OFFICE)
    office.is_active = False
    for permission in Permission:
        assert not allowed(AnonymousUser(), permission)
        assert allowed(office, permission).reason == "这个账号已停用。"


def test_a_refusal_says_who_may(person: Person) -> None:
    verdict = allowed(person(Role.CADRE, "990100101"), Permission.IMPORT_LEDGERS)
    assert not verdict.ok
    assert verdict.reason == "填报员不能导入台账，可由整改办／督查室办理。"


def test_an_office_manages_the_units_of_its_own_county_alone(person: Person) -> None:
    office = person(Role.OFFICE, "D02")
    elsewhere = Unit.objects.create(
        code="880100", name="乙县", short_name="乙", level="county", path="880100/"
    )
    assert allowed(office, Permission.MANAGE_UNITS, Unit.objects.get(code="990100101"))
    assert allowed(office, Permission.MANAGE_UNITS, elsewhere).reason == "这项内容不在您的工作范围内。"


def test_an_account_of_another_county_is_out_of_reach(person: Person) -> None:
    sysadmin = person(Role.SYSADMIN)
    Unit.objects.create(code="880100", name="乙县", short_name="乙", level="county", path="880100/")
    assert allowed(sysadmin, Permission.MANAGE_ACCOUNTS, person(Role.CADRE, "990100101"))
    assert not allowed(sysadmin, Permission.MANAGE_ACCOUNTS, person(Role.CADRE, "880100"))


def test_a_thing_of_unknown_scope_is_refused(person: Person) -> None:
    event = person(Role.OFFICE)
    seat = event.seats.first()
    assert seat is not None
    assert allowed(event, Permission.MANAGE_UNITS, seat).ok  # a seat belongs to a unit
    calendar_day_like = seat.user and type(seat.user)._meta.model()
    assert not allowed(event, Permission.MANAGE_ACCOUNTS, calendar_day_like)
