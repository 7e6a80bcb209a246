"""Bulletins for tests: a small county with figures, and one signed row without files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinKind, Period
from dashboards.services.bulletins import drafting, editing, signing
from issues.models import IssueList
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit, User

MAY = Period(date(2018, 5, 1), date(2018, 5, 31))
SNAPSHOT: dict[str, Any] = {
    "as_of": "2018-05-31",
    "previous_on": "2018-04-30",
    "known_at": "2018-06-06T09:00:00+08:00",
    "basis": "claimed",
    "definition": "1",
    "rule": {"code": "rate_then_left", "text": "位次按上报完成率。"},
    "narrowed": {},
    "previous": {},
    "unreported": [],
}


def a_signed_bulletin(campaign: Campaign, author: User, signer: User) -> Bulletin:
    """A row as it stands after a signature; its files lie nowhere."""
    now = clock.now()
    return Bulletin.objects.create(
        campaign=campaign, issuer=campaign.unit, kind="monthly", state="signed", first_on=MAY.first,
        last_on=MAY.last, basis="claimed", snapshot=SNAPSHOT, taken_at=now, parts=["next"], counted=[],
        prose={"next": "按期整改。"}, title="关于2018年5月整改情况的通报", organ="整改办文件", mark="整通报",
        year=2018, serial=1, number="整通报〔2018〕1号", drafted_by=author, drafted_at=now, signed_by=signer,
        signed_at=now, signed_on=date(2018, 6, 6), updated_at=now,
    )  # fmt: skip


@dataclass
class County:
    """Eight townships with issues and works, an office that writes, a leader who signs."""

    campaign: Campaign
    office: User
    leader: User
    cadre: User
    listed: IssueList

    def draft(self, kind: BulletinKind = BulletinKind.MONTHLY, period: Period = MAY, **more: Any) -> Bulletin:
        return drafting.draft(self.campaign, kind, period, by=self.office, **more)

    def signed(self, bulletin: Bulletin | None = None) -> Bulletin:
        pk = (bulletin or self.draft()).pk
        editing.submit(pk, by=self.office)
        return signing.sign(pk, by=self.leader)

    def place(self, at: int) -> Unit:
        return Unit.objects.get(code=f"{make.COUNTY}{100 + at}")


NAMES = ("甲镇", "乙镇", "丙镇", "丁镇", "戊镇", "己镇", "庚镇", "辛乡")


def a_county() -> County:
    """Township n has 10 households, n of them claimed in May; 甲镇 is late; works in three townships."""
    top = make.county(NAMES)
    campaign = make.campaign(top, start_on=date(2018, 1, 1))
    office, leader = make.user("office", top), make.user("leader", top)
    listed = make.issue_list(campaign)
    department = Unit.objects.get(code="D-A")
    kinds = [make.category(campaign, f"C{n}", name, department=department) for n, name in ((1, "超面积"), (2, "未拆除"))]  # fmt: skip
    for at in range(1, len(NAMES) + 1):
        make.issue(
            listed, office, quantity=10, township=Unit.objects.get(code=f"{make.COUNTY}{100 + at}"),
            category=kinds[at % 2], claims=[(at, date(2018, 5, 10))], deadline_class="dated",
            due_on=date(2018, 5, 20) if at == 1 else date(2018, 9, 30),
        )  # fmt: skip
    make.issue(listed, office, quantity=3, counted_in="个", township=Unit.objects.get(code=f"{make.COUNTY}101"), category=kinds[0])  # fmt: skip
    return County(
        campaign, office, leader, make.user("cadre", Unit.objects.get(code=f"{make.COUNTY}101")), listed
    )
