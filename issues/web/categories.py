"""类别: one table of all categories with their lead departments and standards, saved as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from issues.queries.lists import CategoryLine, category_lines, missing_standards, one_category
from issues.services import categories
from issues.services.categories import CategoryEdit, CategoryError, CategoryKept
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.queries.units import directory, unit_index
from townships.rules.permissions import Permission
from townships.rules.roles import Level
from townships.web.requires import must, requires

NEW_ROWS = 3
LEADS = (Level.DEPARTMENT.value, Level.GROUP.value, Level.TOWNSHIP.value, Level.COUNTY.value)


class _Departments:
    """The units that may lead a category, found by any of their names. Queries do not grow with the rows."""

    def __init__(self, user: User) -> None:
        self._index = unit_index()
        units = directory(user).filter(closed_on=None, level__in=LEADS).order_by("level", "code")
        self._by_code: dict[str, Unit] = {unit.code: unit for unit in units}

    @property
    def names(self) -> list[str]:
        return [unit.name for unit in self._by_code.values() if unit.level == Level.DEPARTMENT.value]

    def find(self, text: str) -> Unit:
        match = self._index.resolve(text)
        unit = self._by_code.get(match.unit.code if match else text)
        if unit is None:
            raise forms.ValidationError(f"{self._index.problem(text) or '这个单位不能作主管部门'}。")
        return unit


class CategoryForm(forms.Form):
    """One row of the table; a new one may stay empty and may stand under another category."""

    name = WordsField(label="类别", max_length=100, required=False)
    parent = forms.ChoiceField(label="上级类别", required=False)
    department = WordsField(
        label="主管部门",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    standard = WordsField(
        label="整改标准", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    standard_on = DayField(label="标准日期", required=False)

    def __init__(
        self, *args: Any, departments: _Departments, parents: list[tuple[str, str]] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._departments = departments
        if parents is None:
            del self.fields["parent"]
        else:
            self.fields["parent"].choices = [("", "（最上级）"), *parents]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name == "standard" and self.initial.get("standard"):
                field.widget.attrs["rows"] = 3

    def clean_department(self) -> Unit | None:
        text: str = self.cleaned_data["department"]
        return self._departments.find(text) if text else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("name", "standard"):
            if any(
                not character.isprintable() and character not in "\r\n\t" for character in given.get(name, "")
            ):
                self.add_error(name, "不能含看不见的字符。")
        return given

    def edit(self, pk: int | None) -> CategoryEdit:
        """What the service takes."""
        given = self.cleaned_data
        return CategoryEdit(
            pk=pk,
            name=given["name"],
            department=given["department"],
            standard=given["standard"].replace("\r\n", "\n"),
            standard_on=given["standard_on"],
            parent=int(given["parent"]) if given.get("parent") else None,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; ``line`` None: a new category. ``told_before``: what the page had shown of it."""

    form: CategoryForm
    line: CategoryLine | None
    told_before: str = ""

    @property
    def digest(self) -> str:
        """What stands in the database; the page sends it back: nobody writes over another's change."""
        if self.line is None:
            return ""
        one = self.line.category
        return _digest(one.name, one.department, one.standard, one.standard_on)

    def wants(self) -> CategoryEdit | None:
        """What the person wants of a valid row; None where it was left as the page showed it. Adds an error
        where somebody else has changed it since."""
        if self.line is None:
            return self.form.edit(None) if self.form.has_changed() else None
        edit = self.form.edit(self.line.category.pk)
        if self.told_before == self.digest:
            return edit
        if _digest(edit.name, edit.department, edit.standard, edit.standard_on) != self.told_before:
            self.form.add_error("name", "这一行刚被他人改过，没有保存；请重新打开本页再改。")
        return None


def _digest(name: str, department: Unit | None, standard: str, standard_on: date | None) -> str:
    content = (name, department.code if department else "", standard.strip(), str(standard_on or ""))
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


@requires(Permission.MANAGE_CATEGORIES)
def category_page(request: HttpRequest) -> HttpResponse:
    """All categories of the campaign on top of the page."""
    campaign = request.frame.campaign
    if campaign is None:
        return render(request, "lists/categories.html", {"campaign": None})
    must(request.user, Permission.MANAGE_CATEGORIES, campaign)
    departments = _Departments(request.user)
    posted = request.POST if request.method == "POST" else None
    rows = _rows(posted, category_lines(campaign), departments)
    saved = _saved(rows, campaign, request.user) if posted is not None else None
    if saved is not None:
        messages.success(request, saved)
        return redirect(request.get_full_path())
    wrong = sum(bool(row.form.errors) for row in rows if row.form.is_bound)
    missing = missing_standards([row.line for row in rows if row.line is not None])
    context = {
        "campaign": campaign,
        "rows": rows,
        "departments": departments.names,
        "wrong": wrong,
        "missing": missing,
        "missing_count": sum(len(categories) for _, categories in missing),
    }
    return render(request, "lists/categories.html", context)


@require_POST
@requires(Permission.MANAGE_CATEGORIES)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a category that nothing stands in."""
    category = one_category(campaigns_of(request.user), pk)
    if category is None:
        raise Http404("没有这个类别")
    must(request.user, Permission.MANAGE_CATEGORIES, category.campaign)
    try:
        categories.delete(category.pk, by=request.user)
    except CategoryKept as kept:
        messages.error(request, str(kept))
    else:
        messages.success(request, f"已删除类别“{category.full_name}”。")
    return redirect(f"{reverse('issues:categories')}?campaign={category.campaign.code}")


def _rows(posted: QueryDict | None, lines: list[CategoryLine], departments: _Departments) -> list[Row]:
    return [_row(posted, line, departments) for line in lines] + [
        Row(
            CategoryForm(
                posted,
                prefix=f"n{number}",
                departments=departments,
                parents=[(str(line.category.pk), line.category.full_name) for line in lines],
                empty_permitted=True,
                use_required_attribute=False,
            ),
            None,
        )
        for number in range(NEW_ROWS)
    ]


def _row(posted: QueryDict | None, line: CategoryLine, departments: _Departments) -> Row:
    """The row of a category; one that the sent page did not have yet stays as it is."""
    category, prefix = line.category, f"c{line.category.pk}"
    known = posted is not None and f"{prefix}-name" in posted
    initial = {
        "name": category.name,
        "department": category.department.name if category.department else "",
        "standard": category.standard,
        "standard_on": category.standard_on,
    }
    form = CategoryForm(
        posted if known else None, prefix=prefix, initial=initial, departments=departments, parents=None
    )
    return Row(form, line, posted.get(f"{prefix}-before", "") if known else "")


def _saved(rows: list[Row], campaign: Campaign, by: User) -> str | None:
    """Store what the rows want; what was done, or None where a row says what is wrong with it."""
    bound = [row for row in rows if row.form.is_bound]
    if [row for row in bound if not row.form.is_valid()]:  # every row says what is wrong with it
        return None
    wanted = [(row, edit) for row in bound if (edit := row.wants()) is not None]
    if any(row.form.errors for row in bound):
        return None
    try:
        saved = categories.store(campaign, [edit for _, edit in wanted], by=by)
    except CategoryError as error:
        for place, problem in error.problems.items():
            wanted[place][0].form.add_error("name", problem)
        return None
    if not saved.created and not saved.changed:
        return "内容没有变化。"
    return f"已保存：新增{saved.created}个类别，修改{saved.changed}个。"
