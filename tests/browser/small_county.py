"""A small county in a running house, for tests that go through many hands: `python -m tests.browser.small_county`
prints {"name": number} of its issues. The days count from today's."""

from __future__ import annotations

import json
from datetime import timedelta

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402

from issues.models import Issue, IssueList, ListTemplate  # noqa: E402
from issues.services.life.locking import lock_list  # noqa: E402
from rectify.lib import clock  # noqa: E402
from tests import factories  # noqa: E402
from townships.models import Unit, User  # noqa: E402

PASSWORD = "Ceshi-2018-Mima"
PEOPLE = {
    "office": ("office", factories.COUNTY),
    "second": ("office", factories.COUNTY),
    "leader": ("leader", factories.COUNTY),
    "cadre": ("cadre", f"{factories.COUNTY}101"),
    "head": ("unit_head", f"{factories.COUNTY}101"),
    "neighbour": ("cadre", f"{factories.COUNTY}102"),
    "staff": ("department_staff", "D-A"),
    "reviewer": ("department_staff", "D-A"),
}
ASIDE = ("side", "removed", "rejected", "merged", "keeper", "transferred", "split")
"""Issues of the list that is locked already; one to go through each side exit."""


def issue(listed: IssueList, office: User, description: str) -> Issue:
    """10 户 at 甲镇, found a hundred days ago, due in thirty."""
    today = clock.today()
    town = Unit.objects.get(name="甲镇")
    made = factories.issue(
        listed, office, quantity=10, township=town, category=listed.campaign.categories.get(),
        description=description, found_on=today - timedelta(days=100), deadline_class="dated",
        due_on=today + timedelta(days=30), state_since=clock.now(), unit=town,
    )  # fmt: skip
    factories.responsible(made, town)
    return made


def build() -> dict[str, str]:
    """The county, its people, an unlocked list with one issue and a locked one with several."""
    county = factories.county()
    hashed = make_password(PASSWORD)
    for name, (role, code) in PEOPLE.items():
        made = factories.user(role, Unit.objects.get(code=code), name)
        User.objects.filter(pk=made.pk).update(password=hashed)
    office = User.objects.get(username="office")
    campaign = factories.campaign(county, start_on=clock.today() - timedelta(days=10))
    factories.category(
        campaign,
        "C001",
        "超面积",
        department=Unit.objects.get(code="D-A"),
        standard="拆旧复垦到位",
        standard_on=clock.today(),
    )
    template = ListTemplate.objects.get(code="tuopin")
    first = factories.issue_list(campaign, template=template)
    aside = factories.issue_list(campaign, "L2", "饮水安全")
    made = {"whole": issue(first, office, "10户旧房未拆除")}
    made |= {name: issue(aside, office, f"10户旧房未拆除之{name}") for name in ASIDE}
    lock_list(aside.pk, office)
    return {"list": str(first.pk), **{name: one.number for name, one in made.items()}}


if __name__ == "__main__":
    print(json.dumps(build()))
