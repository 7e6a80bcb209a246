"""专项 by hand: add, change, move, order, close and reopen, delete; refused where it would make nonsense.

Codes stay for good: addresses and other systems use them. A renamed or moved programme keeps its former full
names, so that a ledger that still uses one finds it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from projects.models import Campaign, Fund, Programme, Project
from projects.rules.programmes import (
    PATH_LENGTH,
    Wanted,
    full_name,
    is_below,
    name_problem,
    swapped,
)
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions

PREFIX = "P"
MOST_KEPT = 20


class ProgrammeRefused(Exception):
    """Nothing was stored; ``str(error)`` says why in Chinese."""


class _Tree:
    """The programmes of a campaign, the campaign held: two writers must not take one code or place."""

    def __init__(self, campaign_id: int, by: User) -> None:
        self.campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
        verdict = allowed(by, Permission.MANAGE_PROJECTS, self.campaign)
        if not verdict:
            raise ProgrammeRefused(verdict.reason)
        self.by = by
        self.known = {one.pk: one for one in Programme.objects.filter(campaign=self.campaign)}

    def one(self, pk: int | None) -> Programme | None:
        """The programme ``pk``; None for the top."""
        if pk is None:
            return None
        if pk not in self.known:
            raise ProgrammeRefused("这个专项已不存在，请刷新页面后再改。")
        return self.known[pk]

    def siblings(self, parent: int | None) -> list[Programme]:
        """Those below ``parent``, in their order."""
        found = [one for one in self.known.values() if one.parent_id == parent]
        return sorted(found, key=lambda one: (one.position, one.code))

    def check_name(self, name: str, parent: Programme | None, own: int | None = None) -> None:
        siblings = {one.name.casefold(): one.pk for one in self.siblings(parent.pk if parent else None)}
        if problem := name_problem(name, parent.full_name if parent else "", siblings, own):
            raise ProgrammeRefused(problem)

    def told(self, programme: Programme, action: str, summary: str, **facts: object) -> None:
        events.record(
            subject_type="programme",
            subject_id=programme.pk,
            action=action,
            summary=summary,
            by=self.by,
            facts={"code": programme.code, **facts},
        )
        revisions.bump([])


@transaction.atomic
def add(campaign: Campaign, wanted: Wanted, *, by: User) -> Programme:
    """A new programme, last among its siblings; under a closed one none is made."""
    tree = _Tree(campaign.pk, by)
    parent = tree.one(wanted.parent)
    if parent is not None and parent.closed_on is not None:
        raise ProgrammeRefused(f"“{parent.name}”已关闭，不能在下面新增专项。")
    tree.check_name(wanted.name, parent)
    code = _next_code(tree)
    path = f"{parent.path if parent else ''}{code}/"
    if len(path) > PATH_LENGTH:
        raise ProgrammeRefused("专项的层级太深，不能再往下分。")
    siblings = tree.siblings(wanted.parent)
    made = Programme.objects.create(
        campaign=tree.campaign,
        parent=parent,
        code=code,
        name=wanted.name.strip(),
        full_name=full_name(parent.full_name if parent else "", wanted.name.strip()),
        path=path,
        department_id=wanted.department,
        position=max((one.position for one in siblings), default=0) + 1,
        has_allotment=wanted.has_allotment,
        allot_due_on=wanted.allot_due_on if wanted.has_allotment else None,
    )
    tree.told(made, "create_programme", f"建立专项“{made.full_name}”（{made.code}）")
    return made


@transaction.atomic
def change(pk: int, wanted: Wanted, *, by: User) -> bool:
    """Name, parent, department, 下达 step and its date; whether anything changed.

    ProgrammeRefused: a name that stands there already, a move under itself or a closed one, and no 下达 step
    where projects still wait for theirs."""
    held = Programme.objects.get(pk=pk)
    tree = _Tree(held.campaign_id, by)
    held = tree.known[pk]
    parent = tree.one(wanted.parent)
    _check_move(held, parent)
    tree.check_name(wanted.name, parent, held.pk)
    if held.has_allotment and not wanted.has_allotment:
        _refuse_waiting(held)
    values = {
        "name": wanted.name.strip(),
        "parent_id": wanted.parent,
        "department_id": wanted.department,
        "has_allotment": wanted.has_allotment,
        "allot_due_on": wanted.allot_due_on if wanted.has_allotment else None,
    }
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if not changed:
        return False
    before = {name: str(getattr(held, name)) for name in changed}
    if "parent_id" in changed:
        held.position = max((one.position for one in tree.siblings(wanted.parent)), default=0) + 1
    for name in changed:
        setattr(held, name, values[name])
    held.parent = parent
    held.save(update_fields=[*(name.removesuffix("_id") for name in changed), "position"])
    if {"name", "parent_id"} & set(changed):
        _rename_branch(held, parent, tree)
    what = f"移动专项到“{held.full_name}”" if "parent_id" in changed else f"修改专项“{held.full_name}”"
    tree.told(held, "change_programme", f"{what}（{held.code}）", changed=changed, before=before)
    return True


@transaction.atomic
def order(pk: int, *, step: int, by: User) -> None:
    """One place up (−1) or down (+1) among its siblings; nothing at the end of them."""
    tree = _Tree(Programme.objects.get(pk=pk).campaign_id, by)
    held = tree.known[pk]
    siblings = [one.pk for one in tree.siblings(held.parent_id)]
    wanted = swapped(siblings, pk, step)
    if wanted == siblings:
        return
    for position, one in enumerate(wanted, start=1):
        if tree.known[one].position != position:
            Programme.objects.filter(pk=one).update(position=position)
    tree.told(held, "order_programme", f"调整专项“{held.full_name}”的次序", step=step)


@transaction.atomic
def close(pk: int, *, on: date, by: User) -> Programme:
    """From ``on`` no project is registered in it; its figures stay. Refused while one below it is open."""
    tree = _Tree(Programme.objects.get(pk=pk).campaign_id, by)
    held = tree.known[pk]
    if held.closed_on is not None:
        raise ProgrammeRefused(f"“{held.name}”已于{held.closed_on}关闭。")
    if on > clock.today():
        raise ProgrammeRefused(f"关闭日期{on}晚于今天{clock.today()}。")
    below = [one.name for one in tree.siblings(held.pk) if one.closed_on is None]
    if below:
        raise ProgrammeRefused(f"下面还有没关闭的专项：{'、'.join(below[:5])}，请先关闭它们。")
    held.closed_on = on
    held.save(update_fields=["closed_on"])
    tree.told(held, "close_programme", f"关闭专项“{held.full_name}”，{on}起不再登记新项目")
    return held


@transaction.atomic
def reopen(pk: int, *, by: User) -> Programme:
    """Open a closed one again; refused under one that is closed."""
    tree = _Tree(Programme.objects.get(pk=pk).campaign_id, by)
    held = tree.known[pk]
    if held.closed_on is None:
        raise ProgrammeRefused(f"“{held.name}”没有关闭。")
    above = tree.one(held.parent_id)
    if above is not None and above.closed_on is not None:
        raise ProgrammeRefused(f"上级“{above.name}”已关闭，请先恢复上级。")
    held.closed_on = None
    held.save(update_fields=["closed_on"])
    tree.told(held, "reopen_programme", f"恢复专项“{held.full_name}”")
    return held


@transaction.atomic
def delete(pk: int, *, by: User) -> Programme:
    """Take away one that nothing ever stood in; withdrawn projects count, their entries stay on record."""
    tree = _Tree(Programme.objects.get(pk=pk).campaign_id, by)
    held = tree.known[pk]
    if reason := kept_because(held):
        raise ProgrammeRefused(reason)
    try:
        with transaction.atomic():
            Programme.objects.filter(pk=pk).delete()
    except (ProtectedError, IntegrityError) as error:  # a sheet was imported into it
        raise ProgrammeRefused(f"“{held.name}”下导入过台账，不能删除；可以关闭它。") from error
    tree.told(held, "delete_programme", f"删除专项“{held.full_name}”（{held.code}）")
    return held


def kept_because(programme: Programme) -> str:
    """What stands in it, in one sentence; "" where it can be deleted."""
    if below := Programme.objects.filter(parent=programme).count():
        return f"“{programme.name}”下还有{below}个下级专项，不能删除。"
    for model, word in ((Project, "个项目"), (Fund, "笔资金")):
        if count := model._default_manager.filter(programme=programme).count():
            return f"“{programme.name}”下有{count}{word}，不能删除；可以关闭它。"
    return ""


def _next_code(tree: _Tree) -> str:
    tails = [one.code.removeprefix(PREFIX) for one in tree.known.values() if one.code.startswith(PREFIX)]
    last = max((int(tail) for tail in tails if tail.isdecimal()), default=0)
    return f"{PREFIX}{last + 1:03d}"


def _check_move(held: Programme, parent: Programme | None) -> None:
    if parent is None or parent.pk == held.parent_id:
        return
    if is_below(parent.path, held.path):
        raise ProgrammeRefused(f"“{held.name}”不能移到自己或自己的下级“{parent.name}”之下。")
    if parent.closed_on is not None:
        raise ProgrammeRefused(f"“{parent.name}”已关闭，不能移到它下面。")


def _refuse_waiting(held: Programme) -> None:
    """Without a 下达 step everything arranged counts as allotted: not while something still waits for it."""
    waiting = Project.objects.present().filter(programme=held, arranged__gt=F("allotted")).count()
    if waiting:
        raise ProgrammeRefused(
            f"“{held.name}”下有{waiting}个项目还没有全部下达，不能改为没有下达环节；请先登记下达。"
        )


def _rename_branch(held: Programme, parent: Programme | None, tree: _Tree) -> None:
    """Path and full name of it and of all below it, from the top down; the former names are kept."""
    was = held.path
    branch = sorted(
        (one for one in tree.known.values() if one.path.startswith(was)), key=lambda one: one.path
    )
    above = {held.pk: parent}
    for one in branch:
        over = above.get(one.pk) if one.pk == held.pk else tree.known[one.parent_id or 0]
        path = f"{over.path if over else ''}{one.code}/"
        name = full_name(over.full_name if over else "", one.name)
        if len(path) > PATH_LENGTH or len(name) > 255:
            raise ProgrammeRefused("移动以后层级太深或全称太长，没有移动。")
        if name != one.full_name:
            kept = [former for former in one.former_names if former not in (name, one.full_name)]
            one.former_names = [*kept, one.full_name][-MOST_KEPT:]
        one.path, one.full_name = path, name
        Programme.objects.filter(pk=one.pk).update(path=path, full_name=name, former_names=one.former_names)
