"""Pages about one township, one department, one programme: readings narrowed to it, told in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dashboards.access import items_for, sees_unit
from dashboards.queries.words import words
from dashboards.queries.works import LateWorks, Pair, late_works, pairs
from dashboards.rules.documents import document
from dashboards.rules.figures import MONEY
from dashboards.rules.sections import Cut, Section, Words, section, without
from dashboards.rules.tallies import ISSUES, PROJECTS, TallyQuery
from dashboards.services.tallies import Reading, find_campaign, read
from projects.models import Campaign, Programme
from rectify.lib import clock
from townships.models import User
from townships.queries.branches import Node, unit_tree
from townships.rules.roles import Level

DEPARTMENTS = (Level.DEPARTMENT.value, Level.GROUP.value)


class NotThere(Exception):
    """Nothing of that code, or nothing of it that the viewer may see: to this viewer it does not exist."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One object's figures on a page: issues or works, in what they are counted; ``reading`` proves them."""

    code: str
    title: str
    reading: Reading
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        return not self.sections


@dataclass(frozen=True, slots=True)
class Place:
    """A township or a department: its chapters; ``pairs``: works that solve issues, each told once with what
    it solves; ``programmes`` that it leads."""

    unit: Node
    chapters: tuple[Chapter, ...]
    pairs: tuple[Pair, ...] = ()
    programmes: tuple[tuple[str, str], ...] = ()

    @property
    def reading(self) -> Reading:
        return self.chapters[0].reading


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One programme: its works and money by township and by programmes below it; what of it is late."""

    programme: Programme
    chapter: Chapter
    late: tuple[LateWorks, ...]


def township_page(
    code: str, query: TallyQuery, user: User, *, campaigns: Sequence[Campaign] | None = None
) -> Place:
    """What ``user`` sees of one township, by category, programme and village. NotThere, TallyError."""
    unit = _unit(code, query, (Level.TOWNSHIP.value,))
    near = {"township": code}
    issues = _chapter("issues", "问题", query, near, ("category", "village"), user, campaigns)
    asked = replace(query, of=PROJECTS)
    works = _chapter("projects", "项目和资金", asked, near, ("programme", "village"), user, campaigns)
    works = replace(works, sections=tuple(_without_villages(one) for one in works.sections))
    _must_see(user, unit, issues, works)
    campaign = issues.reading.campaign
    seen, done = items_for(user, ISSUES, campaign), items_for(user, PROJECTS, campaign)
    solved = pairs(seen, done, issues.reading.found, query.basis) if _is_now(issues.reading) else []
    return Place(unit, (issues, works), tuple(solved))


def department_page(
    code: str, query: TallyQuery, user: User, *, campaigns: Sequence[Campaign] | None = None
) -> Place:
    """What ``user`` sees of one department: its field over all townships (W-022), the issues it answers for
    itself, its works. NotThere, TallyError."""
    unit = _unit(code, query, DEPARTMENTS)
    led, answered = {"department": code}, {"unit": code}
    field = _chapter("field", "主管的类别", query, led, ("township", "category"), user, campaigns)
    own = _chapter("own", "自己承担的问题", query, answered, ("category",), user, campaigns)
    asked = replace(query, of=PROJECTS)
    works = _chapter("projects", "负责的项目", asked, led, ("township", "programme"), user, campaigns)
    _must_see(user, unit, field, own, works)
    leads = Programme.objects.filter(campaign=field.reading.campaign, department=unit.pk).order_by("path")
    return Place(unit, (field, own, works), programmes=tuple(leads.values_list("code", "full_name")))


def programme_page(
    code: str, query: TallyQuery, user: User, *, campaigns: Sequence[Campaign] | None = None
) -> ProgrammePage:
    """What ``user`` sees of one programme and those below it. NotThere, TallyError."""
    campaign = find_campaign(query.campaign, user, clock.today(), campaigns)
    programme = Programme.objects.filter(campaign=campaign, code=code).select_related("department").first()
    if programme is None:
        raise NotThere
    asked = replace(query, of=PROJECTS)
    chapter = _chapter(
        "projects", "项目和资金", asked, {"programme": code}, ("township", "programme"), user, campaigns
    )
    if chapter.is_empty and not chapter.reading.is_whole:
        raise NotThere
    reading = chapter.reading
    works = items_for(user, PROJECTS, campaign).main
    return ProgrammePage(programme, chapter, tuple(late_works(works, campaign, code, reading.query.as_of)))


# --- chapters -----------------------------------------------------------------------------------------------


def _chapter(
    name: str,
    title: str,
    query: TallyQuery,
    narrows: dict[str, str],
    by: tuple[str, ...],
    user: User,
    campaigns: Sequence[Campaign] | None,
) -> Chapter:
    """Read once, told by each of ``by``; one table where the other would be its only row again."""
    query = replace(query, by=(), filters={**query.filters, **narrows})
    reading = read(query, user, also_by=by, campaigns=campaigns)
    return Chapter(name, title, reading, _sections(reading, by, user))


def _sections(reading: Reading, by: tuple[str, ...], user: User) -> tuple[Section, ...]:
    cuts = [_cuts(reading, name, user) for name in by]
    compares = reading.setting(()).telling.names_worst
    return tuple(section(parts, compares=compares) for parts in zip(*cuts, strict=True))


def _cuts(reading: Reading, by: str, user: User) -> list[Cut]:
    blocks, setting = reading.blocks((by,)), reading.setting((by,))
    told = document(setting, blocks)["blocks"]
    spoken = _words(reading, by, user)
    return [Cut(setting, block, one, spoken) for block, one in zip(blocks, told, strict=True)]


def _words(reading: Reading, by: str, user: User) -> Words | None:
    """What was last said stands for today alone: earlier days are not kept."""
    if reading.query.of != ISSUES or not _is_now(reading):
        return None
    items = items_for(user, ISSUES, reading.campaign)
    return words(reading.campaign, items, reading.found, by, reading.as_of)


def _is_now(reading: Reading) -> bool:
    """Whether the page is about today as it is known now; what has no past may stand on it alone."""
    return reading.as_of == clock.today() and reading.query.known_at is None


def _without_villages(one: Section) -> Section:
    """Money has no village."""
    return without(one, "village") if one.counted_in == MONEY else one


# --- who may open it ----------------------------------------------------------------------------------------


def _unit(code: str, query: TallyQuery, levels: Sequence[str]) -> Node:
    node = unit_tree().by_code.get(code)
    if node is None or node.level not in levels:
        raise NotThere
    return node


def _must_see(user: User, unit: Node, *chapters: Chapter) -> None:
    """Everybody who sees the unit, or anything of it."""
    if all(chapter.is_empty for chapter in chapters) and not sees_unit(user, unit.path):
        raise NotThere


def successor_of(code: str, on: date) -> Node | None:
    """The unit that stands for ``code`` on a day; NotThere where there is no such unit, None where it is that
    very one."""
    tree = unit_tree()
    node = tree.by_code.get(code)
    if node is None:
        raise NotThere
    final = tree.nodes[tree.final(node.pk, on)]
    return None if final.code == code else final
