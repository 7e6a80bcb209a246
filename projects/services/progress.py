"""下达, 开工, 完工, 验收, 资金下达, 拨付 of a project recorded by hand, each with its date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from projects.access import may_record
from projects.models import Project, ProjectEntry
from projects.rules import ahead as ahead_rules
from projects.rules.measures import MONEY
from projects.rules.progress import RECORDED
from projects.rules.stages import MONEY_STAGES, Cause, Stage
from projects.services import ahead, ledger
from projects.services.ahead import Entering
from rectify.lib import clock
from rectify.lib.ledger import to_millionths
from rectify.lib.masking import mask_text
from rectify.lib.measures import LedgerRefusal
from rectify.lib.posting import entries_of
from townships.models import User
from townships.services import events


class ProgressRefused(Exception):
    """The step was not recorded; ``str(error)`` says why in Chinese. ``runs_ahead``: it is a start that no
    下达 covers, and could be noted as such (``projects.services.ahead``)."""

    def __init__(self, reason: str, *, runs_ahead: bool = False) -> None:
        super().__init__(reason)
        self.runs_ahead = runs_ahead


@transaction.atomic
def record(
    project: Project,
    stage: Stage,
    *,
    quantity: Decimal,
    happened_on: date,
    by: User,
    version: int | None = None,
    words: str = "",
) -> list[Entering]:
    """Add ``quantity`` (万元 of money, else what the project counts) to ``stage`` as of ``happened_on``;
    ``words``: what is told of it. A 下达 lets in what ran ahead of it, on the first day it covers: returned.

    ProgressRefused: not permitted, another ``version`` by now, nothing above zero, a day the ledger's order
    does not take: more started than allotted, more paid than issued, completed before it was started."""
    if stage not in RECORDED:
        raise ProgressRefused(f"{stage.label}只能由变更申请改动。")
    verdict = may_record(by, stage, project)
    if not verdict:
        raise ProgressRefused(verdict.reason)
    if quantity <= 0:
        raise ProgressRefused("数量须大于零。")
    held = ahead.hold(project.pk)
    if version not in (None, held.version):
        raise ProgressRefused("页面打开以后，这个项目有了新的内容；请核对现在的数值，再登记一次。")
    if stage is Stage.STARTED:
        _refuse_ahead(held, quantity, happened_on)
    is_money = stage in MONEY_STAGES
    move = ledger.Move(
        stage.value, Decimal(0) if is_money else quantity, happened_on, quantity if is_money else None
    )
    _tell(held, stage, quantity, happened_on, words, by)
    waited, entered = ahead.entering(held, [move]) if stage is Stage.ALLOTTED else ([], [])
    try:
        ledger.post(held, moves=[move, *waited], by=by, cause=Cause.REPORT, recorded_at=clock.now())
    except LedgerRefusal as refusal:
        raise ProgressRefused(str(refusal)) from refusal
    ahead.settle(entered)
    return entered


def _refuse_ahead(project: Project, quantity: Decimal, on: date) -> None:
    """Never started above allotted: what is beyond the 下达 is noted as running ahead, or not at all."""
    entries = entries_of(ProjectEntry, [project.pk]).get(project.pk, [])
    beyond = ahead_rules.beyond(entries, to_millionths(quantity), on)
    if beyond and project.arranged_on <= on <= clock.today():
        short = f"开工超过下达，差{Decimal(beyond) / 1_000_000:f}"
        raise ProgressRefused(
            f"{project.number}：{on}的累计数不成立：{short}。还没有下达的不能记开工。", runs_ahead=True
        )


def _tell(project: Project, stage: Stage, quantity: Decimal, happened_on: date, words: str, by: User) -> None:
    if words.strip():
        project.progress = words.strip()
        project.search_text = f"{project.search_text} {mask_text(project.progress)}".lower()
        project.save(update_fields=["progress", "search_text", "updated_at"])
    counted_in = MONEY if stage in MONEY_STAGES else project.counted_in
    events.record(
        subject_type="project",
        subject_id=project.pk,
        action="record_progress",
        summary=f"登记{project.number}{happened_on}{stage.label}{quantity}{counted_in}",
        by=by,
        facts={
            "stage": stage.value,
            "quantity": str(quantity),
            "happened_on": happened_on.isoformat(),
            "words": mask_text(words.strip())[:300],
        },
    )
