"""Categories: an unused one can be deleted, and a department writes the standards of those it leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from issues.models import Category, IssueList, Lead
from issues.services import categories, ledger
from projects.models import Campaign
from tests import factories as make
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db
STANDARD = "C级以上危房全部改造完毕，住户已入住。"


@pytest.fixture
def county(on_day: Callable[[str], None]) -> Unit:
    on_day("2018-06-06")
    return make.county()


@pytest.fixture
def campaign(county: Unit) -> Campaign:
    return make.campaign(county)


@pytest.fixture
def listed(campaign: Campaign) -> IssueList:
    return make.issue_list(campaign)


@pytest.fixture
def office(county: Unit, client: Client) -> User:
    user = make.user("office", county)
    client.force_login(user)
    return user


def delete(client: Client, category: Category) -> str:
    answer = client.post(f"/setup/categories/{category.pk}/delete/", follow=True)
    assert answer.redirect_chain == [("/setup/categories/?campaign=gj2018", 302)]
    return answer.content.decode()


class TestDeleting:
    def test_an_unused_category_goes_with_an_event(
        self, campaign: Campaign, office: User, client: Client
    ) -> None:
        category = make.category(campaign, "C001", "饮水")
        assert f"/setup/categories/{category.pk}/delete/" in client.get("/setup/categories/").content.decode()
        assert "已删除类别“饮水”" in delete(client, category)
        assert not Category.objects.exists()
        event = Event.objects.get(action="delete_category")
        assert (event.subject_id, event.actor) == (category.pk, office)
        assert client.post(f"/setup/categories/{category.pk}/delete/").status_code == 404

    def test_one_with_issues_stays_and_says_how_many(
        self, campaign: Campaign, listed: IssueList, office: User, client: Client
    ) -> None:
        category = make.category(campaign, "C001", "饮水")
        first, _ = (make.issue(listed, office, category=category) for _ in range(2))
        ledger.withdraw_items([first.pk], by=office)
        page = client.get("/setup/categories/").content.decode()
        assert f"/setup/categories/{category.pk}/delete/" not in page
        assert "“饮水”下有2条问题（其中1条的导入已撤回，流水留档），不能删除" in delete(client, category)
        assert Category.objects.exists()

    def test_one_with_categories_under_it_stays(
        self, campaign: Campaign, office: User, client: Client
    ) -> None:
        above = make.category(campaign, "C001", "住房")
        below = make.category(campaign, "C002", "拆旧", above)
        assert "“住房”下还有1个下级类别" in delete(client, above)
        delete(client, below)
        assert "已删除类别“住房”" in delete(client, above)

    def test_one_that_leads_bear_stays_without_a_word_about_leads(
        self, campaign: Campaign, office: User, client: Client
    ) -> None:
        category = make.category(campaign, "C001", "作风")
        Lead.objects.create(campaign=campaign, number="XS2018-000001", category="作风", registered_by=office)
        said = delete(client, category)
        assert "“作风”已有内容归在其下，不能删除" in said
        assert "线索" not in said.split("已有内容")[1][:40]

    def test_another_countys_category_is_not_there(self, campaign: Campaign, client: Client) -> None:
        category = make.category(campaign, "C001", "饮水")
        client.force_login(make.user("office", make.unit("880100", "乙县", "county")))
        assert client.post(f"/setup/categories/{category.pk}/delete/").status_code == 404


class TestStandards:
    @pytest.fixture
    def led(self, campaign: Campaign) -> Category:
        bureau, finance = Unit.objects.get(code="D-A"), Unit.objects.get(code="D-B")
        make.category(
            campaign, "C002", "资金", department=finance, standard="拨付到户。", standard_on="2018-05-01"
        )
        make.category(campaign, "C003", "无主")
        return make.category(campaign, "C001", "住房", department=bureau)

    @pytest.fixture
    def staff(self, client: Client, led: Category) -> User:
        user = make.user("department_staff", led.department)
        client.force_login(user)
        return user

    def told(self, client: Client, category: Category, standard: str, day: str) -> dict[str, str]:
        (row,) = client.get("/standards/").context["rows"]
        prefix = f"c{category.pk}"
        return {
            f"{prefix}-before": row.digest,
            f"{prefix}-standard": standard,
            f"{prefix}-standard_on": day,
        }

    def test_a_department_sees_and_writes_those_it_leads(
        self, client: Client, led: Category, staff: User
    ) -> None:
        page = client.get("/standards/").content.decode()
        assert "住房" in page
        assert "资金" not in page
        assert "无主" not in page
        told = self.told(client, led, STANDARD, "2018-06-01")
        assert "已保存1个类别的整改标准" in client.post("/standards/", told, follow=True).content.decode()
        led.refresh_from_db()
        assert (led.standard, led.standard_on, led.department_id) == (
            STANDARD,
            date(2018, 6, 1),
            staff.unit_id,
        )
        assert Event.objects.get(action="change_category").actor == staff
        told = self.told(client, led, STANDARD, "2018-06-01")
        assert "内容没有变化" in client.post("/standards/", told, follow=True).content.decode()

    @pytest.mark.parametrize(
        ("standard", "day", "said"),
        [
            (STANDARD, "", "请填标准的日期"),
            (STANDARD, "昨天", "日期应写成 2018-05-20 的样子"),
            ("长" * 4001, "2018-06-01", "最长4000个字"),
            ("坏\x00字", "2018-06-01", "没有保存"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, client: Client, led: Category, staff: User, standard: str, day: str, said: str
    ) -> None:
        answer = client.post("/standards/", self.told(client, led, standard, day))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert said in page
        assert standard[:2] in page
        led.refresh_from_db()
        assert led.standard == ""

    def test_another_departments_category_is_out_of_reach(
        self, client: Client, led: Category, staff: User
    ) -> None:
        other = Category.objects.get(code="C002")
        prefix = f"c{other.pk}"
        told = {f"{prefix}-before": "", f"{prefix}-standard": "改了", f"{prefix}-standard_on": "2018-06-01"}
        client.post("/standards/", told)
        other.refresh_from_db()
        assert other.standard == "拨付到户。"

    def test_nobody_writes_over_a_standard_they_have_not_seen(
        self, client: Client, campaign: Campaign, led: Category, staff: User, county: Unit
    ) -> None:
        told = self.told(client, led, STANDARD, "2018-06-01")
        standards: dict[int, Any] = {led.pk: ("整改办写的。", date(2018, 5, 1))}
        categories.write_standards(campaign, standards, by=make.user("office", county))
        page = client.post("/standards/", told).content.decode()
        assert "刚被他人改过" in page
        assert STANDARD in page
        led.refresh_from_db()
        assert led.standard == "整改办写的。"

    def test_who_leads_nothing_is_told_so(self, client: Client, campaign: Campaign) -> None:
        client.force_login(make.user("department_staff", Unit.objects.get(code="D-B")))
        assert "没有由本单位主管的类别" in client.get("/standards/").content.decode()

    def test_its_queries_do_not_follow_the_rows(
        self,
        client: Client,
        campaign: Campaign,
        led: Category,
        staff: User,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(30):
            make.category(campaign, f"C1{number:02d}", f"类{number}", department=led.department)
        client.get("/standards/")
        with django_assert_max_num_queries(10):
            client.get("/standards/")


def test_what_lacks_a_standard_is_listed_under_its_department(
    campaign: Campaign, office: User, client: Client
) -> None:
    """W-021."""
    department = Unit.objects.get(code="D-A")
    written = make.category(campaign, "C1", "饮水", standard=STANDARD, standard_on=date(2018, 5, 1))
    make.category(campaign, "C2", "水量", written, department=department)
    make.category(campaign, "C3", "超面积", department=department)
    make.category(campaign, "C4", "无人管")
    page = client.get("/setup/categories/")
    assert [(unit, [one.name for one in lacking]) for unit, lacking in page.context["missing"]] == [
        (department, ["超面积"]),
        (None, ["无人管"]),
    ]
    assert "还没有整改标准的类别（2个）" in page.content.decode()
