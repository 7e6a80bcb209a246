"""One project as its page tells it: facts, stages, money, schedule, history; masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.models import Project, ProjectEntry
from projects.queries.projects import finish_light
from projects.rules.stages import MONEY_STAGES, WORK_STAGES, Cause, Stage
from rectify.lib import clock
from rectify.lib.lights import Light
from rectify.lib.masking import mask_text
from townships.queries.branches import unit_tree

TEXTS = (
    "name",
    "content",
    "progress",
    "problem",
    "note",
    "leader",
    "person",
    "start_raw",
    "finish_raw",
    "sheet_title",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history; ``by``: who recorded it and when."""

    text: str
    by: str
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of one project shows; quantities in ``project.counted_in``, money in 万元."""

    project: Project
    place: str
    department: str
    texts: Mapping[str, str]
    works: list[tuple[str, Decimal]]
    monies: list[tuple[str, Decimal]]
    light: Light | None
    moments: list[Moment]
    extra: list[tuple[str, str]]


def story_of(project: Project, *, on: date) -> Story:
    """Everything the page shows of ``project``, already in the viewer's scope; queries do not grow."""
    project = Project.objects.select_related("campaign", "programme", "person_user__unit").get(pk=project.pk)
    tree = unit_tree()
    places = (
        tree.label(project.township_id, on),
        tree.label(project.village_id, on),
        mask_text(project.place),
    )
    figures = {stage.value: getattr(project, stage.value) for stage in (*WORK_STAGES, *MONEY_STAGES)}
    return Story(
        project=project,
        place=" ".join(dict.fromkeys(place for place in places if place)),
        department=tree.label(project.department_id, on) or mask_text(project.department_text),
        texts={name: mask_text(getattr(project, name)) for name in TEXTS},
        works=[(stage.label, figures[stage]) for stage in WORK_STAGES],
        monies=[(stage.label, figures[stage]) for stage in MONEY_STAGES if figures[stage]],
        light=finish_light(figures, project.finish_due_on, project.finish_confirmed, on),
        moments=[_moment(project, entry) for entry in _entries(project)],
        extra=[
            (mask_text(str(name)), mask_text(str(text)))
            for name, text in project.extra.items()
            if str(text).strip()
        ],
    )


def _entries(project: Project) -> list[ProjectEntry]:
    return list(project.entries.select_related("recorded_by").order_by("happened_on", "id"))


def _moment(project: Project, entry: ProjectEntry) -> Moment:
    """2018年5月20日，台账称已开工1个."""
    stage, cause, day = Stage(entry.stage), Cause(entry.cause), entry.happened_on
    said = "台账称" if cause is Cause.IMPORT else f"{cause.label}："
    falls = entry.quantity < 0 or (entry.amount or Decimal(0)) < 0
    words = [f"{day.year}年{day.month}月{day.day}日", f"{said}{stage.label}{'减少' if falls else ''}"]
    if entry.quantity:
        words[1] += f"{_plain(abs(entry.quantity))}{project.counted_in}"
    if entry.amount:
        words.append(f"{_plain(abs(entry.amount))}万元")
    text = "，".join(words)
    if cause is not Cause.IMPORT and day < clock.beijing_date(entry.recorded_at):
        text += "（补录）"
    at = entry.recorded_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    return Moment(text, f"{entry.recorded_by.name}，{at}登记")


def _plain(value: Decimal) -> str:
    return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():,f}"
