"""What waits for one person in one campaign: piles with their lists, parts to sign, a department's field."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from alerts.queries.deliveries import trouble
from alerts.queries.ladder import pressing
from alerts.queries.letter_desk import desk_piles
from alerts.queries.round_pages import owed
from alerts.queries.shelved import shelved_of
from dashboards.queries.bulletin_desk import bulletin_piles
from dashboards.rules.desk import DESKS, EMPTY
from issues.access import EXPLAINERS
from issues.models import Issue, IssueList, Part
from issues.queries.choices import choices
from issues.queries.field import Field, FieldLine, field_of
from issues.queries.issues import filtered
from issues.queries.leads import counts as lead_counts
from issues.queries.leads import ledger
from issues.queries.omissions import unsettled
from issues.queries.parts import parts_for
from issues.queries.waiting import Heap, heap, waiting
from issues.rules.filters import IssueFilter
from issues.rules.leads import LeadView
from issues.rules.piles import Pile
from issues.rules.records import PartState
from projects.models import Campaign, Project
from projects.queries.standing import count_flagged
from projects.rules.filters import ProjectFilter
from rectify.lib import clock
from rectify.lib.criteria import NONE
from townships.models import User
from townships.queries.delegations import signs_for
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

LISTS, BULLETINS = "/lists/", "/bulletins/"


@dataclass(frozen=True, slots=True)
class OnDesk:
    """A pile on the desk; ``of``: whose, where that is not plain; ``bulk_url``: where it is done at once."""

    pile: Pile
    heap: Heap
    href: str
    of: str = ""
    bulk_url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A number with its list: what is in others' hands, or belongs to no single issue."""

    label: str
    count: int
    href: str
    duty: str = ""


@dataclass(frozen=True, slots=True)
class FieldTable:
    """A department's field counted in one thing: each township, and the total, with its list (W-022)."""

    field: Field
    rows: list[tuple[FieldLine, str]]
    total_href: str


@dataclass(frozen=True, slots=True)
class Waits:
    """``mine``: for this person to do; ``lists``: likewise, by number alone; ``watched``: in others' hands;
    ``fields``: the department's own categories over the townships."""

    mine: list[OnDesk]
    lists: list[Line]
    watched: list[Line]
    fields: list[FieldTable]


def waits(campaign: Campaign, user: User) -> Waits:
    """Everything that waits for ``user`` today; its queries do not grow with the rows."""
    return _Desk(campaign, user).laid()


def leads_waiting(campaign: Campaign, user: User) -> Waits | None:
    """Of that the leads alone, for who sees neither issues nor figures; None where there are none."""
    found = [line for line in _Desk(campaign, user).leads() if line.count]
    return Waits([], found, [], []) if found else None


class _Desk:
    """One person's desk while it is laid."""

    def __init__(self, campaign: Campaign, user: User) -> None:
        self.campaign, self.user = campaign, user
        self.role, self.today = Role(user.role), clock.today()
        self.piles = DESKS.get(self.role, EMPTY)
        self.known = choices()
        self.seen = Issue.objects.visible_to(user)
        self.own = user.unit.code if user.unit else ""

    def laid(self) -> Waits:
        all_of_it = IssueFilter(campaign=self.campaign.code)
        own_field = all_of_it.with_(department=self.own)
        held = all_of_it.with_(holder=self.own)
        mine = [self._heap(held.with_(waiting=pile.value), pile) for pile in self.piles.reviews]
        mine += self._signatures(all_of_it)
        mine += [self._heap(all_of_it.with_(waiting=pile.value), pile) for pile in self.piles.all_of_it]
        mine += [self._heap(held.with_(waiting=pile.value), pile) for pile in self.piles.own]
        watching = {Role.UNIT_HEAD: held, Role.DEPARTMENT_STAFF: own_field}.get(self.role, all_of_it)
        return Waits(
            mine=[one for one in mine if one.heap.count],
            lists=[line for line in self._lines(watching) if line.count],
            watched=[line for line in self._watched(watching) if line.count],
            fields=self._fields(own_field) if self.role is Role.DEPARTMENT_STAFF else [],
        )

    def _heap(self, wanted: IssueFilter, pile: Pile, *, of: str = "") -> OnDesk:
        found = heap(filtered(self.seen, wanted, known=self.known), pile, self.known, self.today)
        bulk = f"/issues/signing/?{wanted.to_query()}" if pile is Pile.HEAD_PLAN else ""
        return OnDesk(pile, found, _href(wanted), of, bulk)

    def _signatures(self, wanted: IssueFilter) -> list[OnDesk]:
        """Of every unit that this person signs for, by itself or by delegation (W-028)."""
        paths = signs_for(self.user, self.today) if self.piles.signed else ()
        units = [node for node in self.known.units.nodes.values() if node.path in paths]
        return [
            self._heap(
                wanted.with_(waiting=pile.value, holder=unit.code),
                pile,
                of=unit.label if unit.code != self.own else "",
            )
            for unit in units
            for pile in self.piles.signed
        ]

    def _watched(self, wanted: IssueFilter) -> list[Line]:
        """What is in others' hands, all of it counted in one query."""
        if not self.piles.watched:
            return []
        own = self.user.unit_id
        ids = self.known.units.counting_as(own, self.today) if wanted.holder and own is not None else None
        counts = filtered(self.seen, wanted.without("holder"), known=self.known).aggregate(
            **{pile.value: Count("pk", filter=waiting(pile, ids, self.today)) for pile in self.piles.watched}
        )
        return [
            Line(pile.label, counts[pile.value], _href(wanted.with_(waiting=pile.value)))
            for pile in self.piles.watched
        ]

    def _unverified(self, wanted: IssueFilter) -> list[Line]:
        """What units say and nobody has looked at: for those who verify."""
        if not holds(self.role, Permission.VERIFY):
            return []
        wanted = wanted.with_(measure="unverified")
        count = filtered(self.seen, wanted, known=self.known).count()
        return [Line("自报未核实", count, _href(wanted), "核查")]

    def _fields(self, wanted: IssueFilter) -> list[FieldTable]:
        found = field_of(filtered(self.seen, wanted, known=self.known), self.known, self.today)
        tables = []
        for one in found:
            counted = wanted.with_(counted_in=one.counted_in)
            rows = [(line, _href(counted.with_(township=line.code or NONE))) for line in one.lines]
            tables.append(FieldTable(one, rows, _href(counted)))
        return tables

    def _lists(self) -> list[Line]:
        """Parts to report and sign; for the office, lists not locked and units that said nothing."""
        unlocked = IssueList.objects.filter(campaign=self.campaign, locked_at__isnull=True)
        if holds(self.role, Permission.LOCK_LIST):
            silent = Part.objects.filter(list__in=unlocked, state=PartState.DRAFT.value).count()
            return [
                Line("清单未锁定", unlocked.count(), LISTS, "各单位报齐以后锁定"),
                Line("单位未报", silent, LISTS, "没有报送，也没有签字说明零问题"),
            ]
        parts = parts_for(self.user).filter(list__in=unlocked, state=PartState.DRAFT.value)
        if self.role is Role.UNIT_HEAD:
            return [Line("分工待签字", parts.count(), LISTS, "看过自查的问题，签字报送或签字说明零问题")]
        return [Line("分工待报", parts.count(), LISTS, "登记自查发现的问题，送主要负责人签字")]

    def _omissions(self) -> list[Line]:
        """Findings that a unit's signed check lacks: the unit explains, the office rules (W-003)."""
        rules_on = holds(self.role, Permission.RULE_OMISSIONS)
        if not rules_on and not any(holds(self.role, one) for one in EXPLAINERS):
            return []
        found = unsettled(self.campaign, self.user)
        page = f"/issues/omissions/?campaign={self.campaign.code}"
        mine = sum(one.now.answers for one in found.unexplained)
        lines = [Line("自查漏报待说明", mine, page, "说明签字报送的自查清单为什么没有列")]
        if rules_on:
            lines.append(Line("自查漏报待核定", len(found.unruled), page, "看过两份记录和单位说明，逐项核定"))
        return lines

    def leads(self) -> list[Line]:
        """Leads handed to the own unit; for who judges them, those that nobody has judged. Counts alone."""
        if not holds(self.role, Permission.READ_LEADS):
            return []
        told = {LeadView.HANDED: ("线索待办", "看过内容去核实，结果告诉纪委登记")}
        if holds(self.role, Permission.JUDGE_LEADS):
            told[LeadView.UNJUDGED] = ("线索待研判", "判明有效还是无效，写明理由")
        counted = dict(lead_counts(ledger(self.user, self.campaign), self.user))
        page = f"/leads/?campaign={self.campaign.code}"
        return [
            Line(label, counted[view], f"{page}&view={view}", duty) for view, (label, duty) in told.items()
        ]

    def _rounds(self) -> list[Line]:
        """Periods in which the own unit has still to be heard."""
        if not holds(self.role, Permission.FILE_ROUNDS):
            return []
        return [Line("调度待报", len(owed(self.user, self.today)), "/rounds/", "填报进展就算已报")]

    def _lines(self, watching: IssueFilter) -> list[Line]:
        """What belongs to no single issue."""
        own = (
            *self._lists(),
            *self._omissions(),
            *self.leads(),
            *self._rounds(),
            *self._letters(),
            *self._bulletins(),
            *self._works(),
        )
        return [*self._unverified(watching), *own, *self._untold(), *self._warned()]

    def _untold(self) -> list[Line]:
        """For the office: messages that did not arrive, and alerts for seats that nobody sits in."""
        found, page = trouble(self.user), "/alerts/deliveries/"
        return [
            Line("消息未送达", found.uncertain + found.given_up, page, "问一下本人，再定已送达或重发"),
            Line("岗位空缺", found.empty_seats, f"{page}#seats", "有预警而没有人，请安排人员"),
        ]

    def _warned(self) -> list[Line]:
        """What stands on the ladder where more than the unit is told; what nobody moves (W-115)."""
        query = f"campaign={self.campaign.code}"
        warned = Line("督办及以上预警", pressing(self.user, self.campaign), f"/alerts/?{query}", "看卡在哪里")
        if not holds(self.role, Permission.MANAGE_ALERTS):
            return [warned]
        idle = shelved_of(self.campaign, self.user, self.today).count()
        return [warned, Line("搁置的问题", idle, f"/alerts/shelved/?{query}", "补责任单位或下一个日期")]

    def _works(self) -> list[Line]:
        """Requests for change that wait for the 领导小组; works that ran ahead and wait for their 下达."""
        told = {
            "change_waiting": (Permission.DECIDE_PROJECT_CHANGE, "项目变更等决定", "登记领导小组的决定"),
            "ahead_waiting": (Permission.MANAGE_PROJECTS, "先行动工等下达", "补齐下达，开工才能入账"),
        }
        mine = {flag: words for flag, (needed, *words) in told.items() if holds(self.role, needed)}
        if not mine:
            return []
        seen = Project.objects.visible_to(self.user).filter(campaign=self.campaign)
        counts = count_flagged(seen, *mine)
        wanted = ProjectFilter(campaign=self.campaign.code)
        return [
            Line(label, counts[flag], f"/projects/?{wanted.with_(flag=flag).to_query()}", duty)
            for flag, (label, duty) in mine.items()
        ]

    def _bulletins(self) -> list[Line]:
        """Bulletins to sign; of the office, those that came back."""
        piles = bulletin_piles(self.campaign, self.user)
        return [Line(label, count, BULLETINS, duty) for label, count, duty in piles]

    def _letters(self) -> list[Line]:
        """Letters to sign, to sign for, to answer, whose reply is to be judged."""
        piles = desk_piles(self.user, self.campaign)
        return [Line(pile.label, pile.count, f"/letters/?{pile.query}", pile.duty) for pile in piles]


def _href(wanted: IssueFilter) -> str:
    return f"/issues/?{wanted.to_query()}"
