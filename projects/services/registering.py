"""A project by hand: registered, corrected, taken back by the office.

What the 领导小组 decides about an issued project (标准、资金、地点、内容) is not changed here: that is
``projects.services.changes``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.models import Campaign, Programme, Project, ProjectFieldChange
from projects.queries.guarded import guarded_of
from projects.rules.registering import FIELD_LABELS, Typed, refusal
from projects.rules.stages import Cause, Stage
from projects.services import ledger
from projects.services.ahead import hold, shown_to
from rectify.lib import clock
from rectify.lib.masking import mask_text
from rectify.lib.measures import LedgerRefusal
from townships.access import allowed
from townships.models import Unit, User
from townships.rules.permissions import Permission
from townships.services import events, revisions, sequences

PREFIX = "XM"
BY_HAND = "登记的项目"
"""The title of the sheet on which an export puts them; it finds them again when it comes back."""
NOTHING = Decimal(0)
KEYED = ("programme", "township", "counted_in")
LEDGER = {"arranged": Stage.ARRANGED, "due": Stage.DUE}


class RegisterRefused(Exception):
    """Nothing was stored; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Where:
    """To whom and what the project belongs."""

    programme: Programme
    township: Unit | None = None
    village: Unit | None = None
    department: Unit | None = None


@transaction.atomic
def register(campaign: Campaign, typed: Typed, where: Where, *, arranged_on: date, by: User) -> Project:
    """A new project, arranged on ``arranged_on``; without a 下达 step it is allotted on the same day.

    RegisterRefused: not permitted, a closed programme, what W-078 and W-079 ask for is missing, a day after
    today."""
    verdict = allowed(by, Permission.MANAGE_PROJECTS, campaign)
    if not verdict:
        raise RegisterRefused(verdict.reason)
    _check(campaign, typed, where)
    if arranged_on > clock.today():
        raise RegisterRefused(f"安排日期{arranged_on}晚于今天{clock.today()}。")
    if where.programme.closed_on is not None:
        raise RegisterRefused(
            f"专项“{where.programme.name}”已于{where.programme.closed_on}关闭，不再登记新项目。"
        )
    year = clock.today().year
    serial = sequences.take(f"{PREFIX}{year}")[0]
    project = Project.objects.create(
        campaign=campaign,
        number=f"{PREFIX}{year}-{serial:06d}",
        arranged_on=arranged_on,
        sheet_title=BY_HAND,
        **_values(typed, where),
        search_text=_searchable(typed, where),
    )
    events.record(
        subject_type="project",
        subject_id=project.pk,
        action="register_project",
        summary=f"登记项目{project.number}“{project.name}”",
        by=by,
        facts={"programme": where.programme.code},
    )
    moves = [ledger.Move(Stage.ARRANGED.value, typed.arranged, arranged_on)]
    if not where.programme.has_allotment:
        moves.append(ledger.Move(Stage.ALLOTTED.value, typed.arranged, arranged_on))
    if typed.due:
        moves.append(ledger.Move(Stage.DUE.value, NOTHING, arranged_on, typed.due))
    _post(project, moves, by, Cause.REGISTRATION)
    project.refresh_from_db()
    return project


@transaction.atomic
def edit(project: Project, typed: Typed, where: Where, *, by: User, version: int | None = None) -> list[str]:
    """Correct what may be corrected; the labels of what changed. Each field leaves its old value behind.

    RegisterRefused: not permitted, another ``version`` by now, a value that only a decision moves, a
    programme without 下达 while something waits for its own."""
    held = hold(project.pk)
    verdict = allowed(by, Permission.MANAGE_PROJECTS, held)
    if not verdict:
        raise RegisterRefused(verdict.reason)
    if version not in (None, held.version):
        raise RegisterRefused("页面打开以后，这个项目有了新的内容；请核对现在的数值，再提交一次。")
    _check(held.campaign, typed, where)
    wanted = {**_values(typed, where), "arranged": typed.arranged, "due": typed.due}
    changed = {name: value for name, value in wanted.items() if getattr(held, name) != value}
    for step in ("start", "finish"):
        if f"{step}_due_on" not in changed:  # how the ledger worded the same date stays
            changed.pop(f"{step}_class", None)
            if not wanted[f"{step}_due_on"]:
                changed.pop(f"{step}_confirmed", None)
    if not changed:
        raise RegisterRefused("填写的内容和现在一样，没有要改的。")
    _refuse_guarded(held, changed)
    _refuse_programme(held, changed)
    _note(held, changed, by)
    said = [FIELD_LABELS[name] for name in FIELD_LABELS if name in changed]
    events.record(
        subject_type="project",
        subject_id=held.pk,
        action="change_project",
        summary=f"修改项目{held.number}的{'、'.join(dict.fromkeys(said))}",
        by=by,
        facts={"changed": sorted(changed)},
    )
    _put(held, changed, typed, where, by)
    return list(dict.fromkeys(said))


@transaction.atomic
def take_back(project: Project, *, words: str, by: User) -> None:
    """Withdraw a project registered by mistake, while nothing has been done with it since."""
    held = hold(project.pk)
    verdict = allowed(by, Permission.MANAGE_PROJECTS, held)
    if not verdict:
        raise RegisterRefused(verdict.reason)
    if not words.strip():
        raise RegisterRefused("请写明撤销的理由。")
    if held.sheet_key is not None:
        raise RegisterRefused("这个项目由台账导入，请撤回那次导入。")
    if reason := acted_on(held):
        raise RegisterRefused(reason)
    ledger.withdraw_items(Project, [held.pk], by=by)
    events.record(
        subject_type="project",
        subject_id=held.pk,
        action="take_back_project",
        summary=f"撤销登记项目{held.number}：{words.strip()}",
        by=by,
    )


def acted_on(project: Project) -> str:
    """What was done with it since it was registered, in one sentence; "" where nothing was."""
    own = (Cause.REGISTRATION.value, Cause.CORRECTION.value)
    if project.entries.exclude(cause__in=own).exists():
        return "已登记过下达、动工或资金，不能撤销登记。"
    if project.changes.exists() or project.ahead.exists():
        return "已有变更申请或先行动工的登记，不能撤销登记。"
    return ""


def _check(campaign: Campaign, typed: Typed, where: Where) -> None:
    if reason := refusal(
        typed, has_township=where.township is not None, has_village=where.village is not None
    ):
        raise RegisterRefused(reason)
    if where.programme.campaign_id != campaign.pk:
        raise RegisterRefused("这个专项不属于本项工作。")
    township, village = where.township, where.village
    if village is not None and (township is None or not village.path.startswith(township.path)):
        raise RegisterRefused("村（社区）不在所选的乡镇。")


def _values(typed: Typed, where: Where) -> dict[str, Any]:
    values: dict[str, Any] = {name: text.strip() for name, text in typed.texts.items()}
    for step in ("start", "finish"):
        due_on: date | None = getattr(typed, f"{step}_due_on")
        values |= {
            f"{step}_due_on": due_on,
            f"{step}_class": "dated" if due_on else "",
            f"{step}_confirmed": True,
        }
    return {
        **values,
        "counted_in": typed.counted_in.strip(),
        "investment": typed.investment,
        "programme": where.programme,
        "township": where.township,
        "village": where.village,
        "department": where.department,
    }


def _searchable(typed: Typed, where: Where) -> str:
    units = (where.township, where.village, where.department)
    names = dict.fromkeys(unit.name for unit in units if unit is not None)
    return mask_text(" ".join([*names, *typed.texts.values()])).lower()


def _refuse_guarded(project: Project, changed: dict[str, Any]) -> None:
    reasons = guarded_of(project)
    for name, label in FIELD_LABELS.items():
        if name in changed and name in reasons:
            raise RegisterRefused(f"{label}不能直接改：{reasons[name]}。")


def _refuse_programme(project: Project, changed: dict[str, Any]) -> None:
    programme: Programme | None = changed.get("programme")
    if programme is None:
        return
    if programme.closed_on is not None:
        raise RegisterRefused(f"专项“{programme.name}”已关闭，不能移进去。")
    if not programme.has_allotment and project.arranged > project.allotted:
        raise RegisterRefused(
            f"专项“{programme.name}”没有下达环节，项目还有没下达的数量；请先登记下达，再移过去。"
        )


def _note(project: Project, changed: dict[str, Any], by: User) -> None:
    """Keep each field's old and new value as text: who led before is never lost (W-078)."""
    at = clock.now()
    ProjectFieldChange.objects.bulk_create(
        ProjectFieldChange(
            project=project,
            field=name,
            before=written(getattr(project, name)),
            after=written(value),
            changed_at=at,
            changed_by=by,
            cause=Cause.CORRECTION.value,
        )
        for name, value in changed.items()
        if name in FIELD_LABELS
    )


def written(value: object) -> str:
    """A field's value as its history keeps it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Programme):
        return value.full_name
    return value.name if isinstance(value, Unit) else str(value)


def _put(held: Project, changed: dict[str, Any], typed: Typed, where: Where, by: User) -> None:
    """Plain fields first; what figures group by and the ledger last, since both write the roll-ups."""
    plain = {name: value for name, value in changed.items() if name not in (*KEYED, *LEDGER)}
    moves = []
    for name, stage in LEDGER.items():
        if name in changed:
            moved = changed[name] - getattr(held, name)
            is_money = stage is Stage.DUE
            quantity, amount = (NOTHING, moved) if is_money else (moved, None)
            moves.append(ledger.Move(stage.value, quantity, held.arranged_on, amount))
    for name, value in plain.items():
        setattr(held, name, value)
    held.search_text = f"{held.search_text} {_searchable(typed, where)}"
    held.version += 1
    held.save(update_fields=[*plain, "search_text", "version", "updated_at"])
    keyed = {name: changed[name] for name in KEYED if name in changed}
    if keyed:
        ledger.rekey(held, **keyed)
    if moves:
        _post(held, moves, by, Cause.CORRECTION)
    if not keyed and not moves:
        revisions.bump(shown_to(held))


def _post(project: Project, moves: list[ledger.Move], by: User, cause: Cause) -> None:
    try:
        ledger.post(project, moves=moves, by=by, cause=cause)
    except LedgerRefusal as refused:
        raise RegisterRefused(str(refused)) from refused
