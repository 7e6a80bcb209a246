"""Categories by hand: names, lead departments (主管部门), dated standards (整改标准, W-021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from issues.models import Category, Issue, Lead
from issues.services.imports.lookups import Branches
from projects.models import Campaign
from rectify.lib.cn_text import fold
from townships.models import Unit, User
from townships.services import events, revisions

JOINT = " / "
PREFIX = "C"
NAME_LENGTH, FULL_LENGTH, STANDARD_LENGTH = 100, 255, 4000


class CategoryError(Exception):
    """Nothing was stored; ``problems``: what is wrong, by the place of its edit in the list."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__("".join(problems.values()))
        self.problems = problems


class CategoryKept(Exception):
    """The category was not deleted; the message says in Chinese what stands in it."""


@dataclass(frozen=True, slots=True)
class CategoryEdit:
    """What a category shall be; ``pk`` None: a new one, under ``parent`` (a category's id, or at the top)."""

    pk: int | None
    name: str
    department: Unit | None = None
    standard: str = ""
    standard_on: date | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    created: int
    changed: int


def store(campaign: Campaign, edits: Sequence[CategoryEdit], *, by: User) -> Saved:
    """Store all of the edits or none; one event for each category that changed.

    The name of a category in whose branch issues stand is the ledger's and stays."""
    try:
        with transaction.atomic():
            return _store(campaign, edits, by)
    except IntegrityError as error:  # two names exchanged, or an import made one at the same moment
        sentence = "类别名称互相冲突，没有保存；如果刚才有台账正在导入，请再试一次。"
        raise CategoryError({0: sentence}) from error


def write_standards(
    campaign: Campaign, standards: Mapping[int, tuple[str, date | None]], *, by: User
) -> Saved:
    """Category id → its standard and that one's date; names and departments stay. See ``store``."""
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        known = Category.objects.select_related("department").filter(campaign=campaign).in_bulk(standards)
        edits = []
        for pk, (standard, standard_on) in standards.items():
            one = known.get(pk)
            name, department = (one.name, one.department) if one else ("", None)
            edits.append(CategoryEdit(pk, name, department, standard, standard_on))
        return store(campaign, edits, by=by)


@transaction.atomic
def delete(category_id: int, *, by: User) -> Category:
    """Delete a category that nothing stands in; CategoryKept names what does. Withdrawn issues count: their
    entries stay on record under it."""
    category = Category.objects.select_for_update(no_key=True).get(pk=category_id)
    if reason := kept_because(category):
        raise CategoryKept(reason)
    facts = {"code": category.code, "standard": category.standard}
    events.record(
        subject_type="category",
        subject_id=category.pk,
        action="delete_category",
        summary=f"删除类别“{category.full_name}”（{category.code}）",
        by=by,
        facts=facts,
    )
    try:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).delete()
    except (ProtectedError, IntegrityError) as error:  # an import took it at the same moment
        raise CategoryKept(f"“{category.name}”已有内容归在其下，不能删除。") from error
    revisions.bump([])
    return category


def kept_because(category: Category) -> str:
    """What stands in the category, in one sentence; "" where it can be deleted."""
    children = Category.objects.filter(parent=category).count()
    if children:
        return f"“{category.name}”下还有{children}个下级类别，请先删除下级类别。"
    issues = Issue.objects.filter(category=category)
    if count := issues.count():
        gone = count - issues.present().count()
        withdrawn = f"（其中{gone}条的导入已撤回，流水留档）" if gone else ""
        return f"“{category.name}”下有{count}条问题{withdrawn}，不能删除。"
    # Leads are closed: that some bear the name is no matter of this page.
    if Lead.objects.filter(campaign=category.campaign_id, category=category.full_name).exists():
        return f"“{category.name}”已有内容归在其下，不能删除。"
    return ""


def _store(campaign: Campaign, edits: Sequence[CategoryEdit], by: User) -> Saved:
    Campaign.objects.select_for_update().get(pk=campaign.pk)  # two of them must not take one code
    known = {category.pk: category for category in Category.objects.filter(campaign=campaign)}
    found = _problems(edits, known)
    if found:
        raise CategoryError(found)
    changed = sum(_change(known[edit.pk], edit, known, by) for edit in edits if edit.pk is not None)
    branches = Branches(Category, campaign, PREFIX)  # after the changes: it goes by full names
    new = [edit for edit in edits if edit.pk is None]
    for edit in new:
        _create(edit, known, branches, by)
    if new or changed:
        revisions.bump([])
    return Saved(len(new), changed)


def _problems(edits: Sequence[CategoryEdit], known: dict[int, Category]) -> dict[int, str]:
    found: dict[int, str] = {}
    after = {pk: (category.parent_id, fold(category.name)) for pk, category in known.items()}
    for place, edit in enumerate(edits):
        sentence = _problem(edit, known)
        if sentence:
            found[place] = sentence
        elif edit.pk is not None:
            after[edit.pk] = (known[edit.pk].parent_id, fold(edit.name))
    taken: set[tuple[int | None, str]] = set()
    edited = {edit.pk for edit in edits if edit.pk is not None}
    taken |= {key for pk, key in after.items() if pk not in edited}
    for place, edit in enumerate(edits):
        parent = edit.parent if edit.pk is None else known[edit.pk].parent_id if edit.pk in known else None
        key = (parent, fold(edit.name))
        if key in taken and place not in found:
            found[place] = f"已有同名的类别“{edit.name.strip()}”。"
        taken.add(key)
    return found


def _problem(edit: CategoryEdit, known: dict[int, Category]) -> str:
    name = edit.name.strip()
    if (edit.pk is not None and edit.pk not in known) or (
        edit.parent is not None and edit.parent not in known
    ):
        return "这个类别已不存在，请刷新页面后再改。"
    above = known[edit.parent].full_name + JOINT if edit.parent is not None else ""
    if not name:
        return "类别名称不能为空。"
    if "/" in name:
        return "类别名称不能含“/”。"
    if len(name) > NAME_LENGTH or len(above + name) > FULL_LENGTH:
        return f"类别名称最长{NAME_LENGTH}个字，连同上级最长{FULL_LENGTH}个字。"
    if len(edit.standard) > STANDARD_LENGTH:
        return f"整改标准最长{STANDARD_LENGTH}个字。"
    if edit.standard.strip() and edit.standard_on is None:
        return "写了整改标准，请填标准的日期。"
    if edit.pk is not None and name != known[edit.pk].name and has_issues(known[edit.pk]):
        return f"“{known[edit.pk].name}”下已有问题，名称随台账，不能改。"
    return ""


def has_issues(category: Category) -> bool:
    """Whether issues stand in the category's branch, withdrawn ones included."""
    return Issue.objects.filter(
        campaign_id=category.campaign_id, category__path__startswith=category.path
    ).exists()


def _create(edit: CategoryEdit, known: dict[int, Category], branches: Branches[Category], by: User) -> None:
    above = known[edit.parent].full_name + JOINT if edit.parent is not None else ""
    made = branches.make(above + edit.name.strip())
    _fill(made, edit)
    made.save(update_fields=["department", "standard", "standard_on"])
    known[made.pk] = made
    _told(made, "create_category", f"建立类别“{made.full_name}”（{made.code}）{_lead(made)}", by, [])


def _change(category: Category, edit: CategoryEdit, known: dict[int, Category], by: User) -> bool:
    before = {name: getattr(category, name) for name in ("name", "department_id", "standard", "standard_on")}
    _fill(category, edit)
    category.name = edit.name.strip()
    changed = [name for name, value in before.items() if getattr(category, name) != value]
    if not changed:
        return False
    category.save(update_fields=["name", "department", "standard", "standard_on"])
    if "name" in changed:
        _rename_branch(category, known)
    _told(category, "change_category", f"修改类别“{category.full_name}”{_lead(category)}", by, changed)
    return True


def _fill(category: Category, edit: CategoryEdit) -> None:
    category.department = edit.department
    category.standard = edit.standard.strip()
    category.standard_on = edit.standard_on if category.standard else None


def _rename_branch(renamed: Category, known: dict[int, Category]) -> None:
    """Give the category and everything under it their full names anew, from the top down."""
    branch = [one for one in known.values() if one.path.startswith(renamed.path)]
    for category in sorted(branch, key=lambda one: one.path.count("/")):
        above = known[category.parent_id].full_name + JOINT if category.parent_id else ""
        category.full_name = above + category.name
        Category.objects.filter(pk=category.pk).update(full_name=category.full_name)


def _lead(category: Category) -> str:
    return f"，主管部门：{category.department.name}" if category.department else ""


def _told(category: Category, action: str, summary: str, by: User, changed: list[str]) -> None:
    facts = {"code": category.code, "department": category.department_id, "changed": changed}
    events.record(
        subject_type="category",
        subject_id=category.pk,
        action=action,
        summary=summary,
        by=by,
        facts=facts,
    )
