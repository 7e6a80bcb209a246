"""One project as its page tells it: facts, stages, money, schedule, what ran ahead, history; masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.models import Project, ProjectEntry, RunningAhead
from projects.queries.changes import ShownChange, changes_of, plain, undecided_of
from projects.queries.history import Moment, moments_of
from projects.queries.projects import finish_light
from projects.rules import ahead as ahead_rules
from projects.rules.ahead import AheadState
from projects.rules.progress import done_on, timing
from projects.rules.stages import MONEY_STAGES, WORK_STAGES, Stage
from projects.rules.standing import DUES, Due, Standing, standing
from rectify.lib.cn_dates.reckoning import reckon
from rectify.lib.cn_dates.words import Line, counting
from rectify.lib.lights import Light
from rectify.lib.masking import mask_text
from townships.queries.branches import unit_tree
from townships.queries.calendar import workdays

TEXTS = (
    "name",
    "content",
    "standard",
    "document",
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
class ShownAhead:
    """A start that ran ahead of its 下达: 2018-05-12已先行动工，尚未下达."""

    flag: RunningAhead
    text: str
    quantity: str
    words: str
    by: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One of the dates of the project: what it is, its day as the ledger wrote it, how it was kept and how it
    was counted (期限怎么算的)."""

    label: str
    due_on: date | None
    raw: str
    timing: str
    is_sure: bool
    reckoned: list[Line]


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of one project shows; quantities in ``project.counted_in``, money in 万元."""

    project: Project
    standing: Standing
    place: str
    department: str
    texts: Mapping[str, str]
    works: list[tuple[Stage, Decimal]]
    monies: list[tuple[Stage, Decimal]]
    light: Light | None
    steps: list[Step]
    ahead: list[ShownAhead]
    moments: list[Moment]
    changes: list[ShownChange]
    undecided: list[str]
    extra: list[tuple[str, str]]

    @property
    def waits(self) -> bool:
        """Whether it runs ahead of a 下达 that is still missing."""
        return any(one.waits for one in self.ahead)


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
    entries = list(project.entries.select_related("recorded_by").order_by("happened_on", "id"))
    flags = list(project.ahead.select_related("noted_by__unit", "struck_by__unit"))
    return Story(
        project=project,
        standing=standing(figures),
        place=" ".join(dict.fromkeys(place for place in places if place)),
        department=tree.label(project.department_id, on) or mask_text(project.department_text),
        texts={name: mask_text(getattr(project, name)) for name in TEXTS},
        works=[(stage, figures[stage]) for stage in WORK_STAGES],
        monies=[(stage, figures[stage]) for stage in MONEY_STAGES if figures[stage]],
        light=finish_light(figures, project.finish_due_on, project.finish_confirmed, on),
        steps=[step for due in DUES if (step := _step(project, due, entries, on))],
        ahead=[_ahead(project, flag) for flag in flags],
        moments=moments_of(project, entries, flags),
        changes=changes_of(project, on=on),
        undecided=undecided_of(project, entries),
        extra=[
            (mask_text(str(name)), mask_text(str(text)))
            for name, text in project.extra.items()
            if str(text).strip()
        ],
    )


def _step(project: Project, due: Due, entries: list[ProjectEntry], on: date) -> Step | None:
    """A date and whether it was kept; one that nobody confirmed judges nothing. The day by which a programme
    is to be allotted stands here where it has one."""
    if due.stage is Stage.ALLOTTED:
        programme = project.programme
        due_on, raw, is_sure, reckoned = programme.allot_due_on, "", True, []
        if not programme.has_allotment or due_on is None:
            return None
    else:
        step = "start" if due.stage is Stage.STARTED else "finish"
        due_on, raw = getattr(project, f"{step}_due_on"), mask_text(getattr(project, f"{step}_raw"))
        reckoned = counting(reckon(raw, project.anchors, due_on, workdays())) if due_on and raw else []
        is_sure = getattr(project, f"{step}_confirmed")
    moves = ((entry.happened_on, entry.quantity) for entry in entries if entry.stage == due.stage)
    done = done_on(moves, project.arranged)
    said = timing(due.word, due_on if is_sure else None, done, on)
    return Step(f"{due.word}期限", due_on, raw, said, is_sure, reckoned)


def _ahead(project: Project, flag: RunningAhead) -> ShownAhead:
    state = AheadState(flag.state)
    return ShownAhead(
        flag=flag,
        text=ahead_rules.told(flag.started_on, state, flag.posted_on),
        quantity=f"{plain(flag.quantity)}{project.counted_in}",
        words=mask_text(flag.words),
        by=flag.noted_by.name,
        waits=state is AheadState.WAITING,
    )
