"""整改标准: a department writes what put right means, for the categories it leads and no others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from issues.models import Category
from issues.queries.lists import led_by
from issues.services import categories
from issues.services.categories import STANDARD_LENGTH, CategoryError
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.rules.permissions import Permission
from townships.web.requires import requires


class StandardForm(forms.Form):
    """One category's standard and its date."""

    standard = WordsField(
        label="整改标准",
        max_length=STANDARD_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"整改标准最长{STANDARD_LENGTH}个字。"},
    )
    standard_on = DayField(
        label="标准日期",
        required=False,
        error_messages={"invalid": "日期应写成 2018-05-20 的样子。"},
    )

    def __init__(self, *args: Any, of: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{of.name}的{field.label}"

    def clean_standard(self) -> str:
        text: str = self.cleaned_data["standard"].replace("\r\n", "\n").strip()
        if any(not character.isprintable() and character not in "\n\t" for character in text):
            raise forms.ValidationError("不能含看不见的字符。")
        return text


@dataclass(frozen=True, slots=True)
class Row:
    """A category and its form; ``told_before``: what the page that was sent had shown of it."""

    category: Category
    form: StandardForm
    told_before: str = ""

    @property
    def digest(self) -> str:
        return _digest(self.category.standard, self.category.standard_on)

    def wants(self) -> tuple[str, date | None] | None:
        """The standard of a valid row, None where it was left; an error where somebody changed it since."""
        given = self.form.cleaned_data
        said = given["standard"], given["standard_on"] if given["standard"] else None
        if _digest(*said) in (self.told_before, self.digest):
            return None
        if self.told_before != self.digest:
            self.form.add_error("standard", "这一项刚被他人改过，没有保存；请重新打开本页再改。")
        return said


def _digest(standard: str, standard_on: date | None) -> str:
    return hashlib.sha256(repr((standard.strip(), str(standard_on or ""))).encode()).hexdigest()[:16]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE_STANDARDS)
def page(request: HttpRequest) -> HttpResponse:
    """The categories that the person's unit leads in the campaign on top of the page."""
    campaign = request.frame.campaign
    led = led_by(request.user, campaign) if campaign else []
    posted = request.POST if request.method == "POST" else None
    rows = [_row(posted, category) for category in led]
    if campaign is not None and posted is not None and _save(request, rows):
        return redirect(request.get_full_path())
    wrong = sum(bool(row.form.errors) for row in rows if row.form.is_bound)
    return render(request, "lists/standards.html", {"campaign": campaign, "rows": rows, "wrong": wrong})


def _row(posted: QueryDict | None, category: Category) -> Row:
    """The row of a category; one that the sent page did not have yet stays as it is."""
    prefix = f"c{category.pk}"
    known = posted is not None and f"{prefix}-standard" in posted
    initial = {"standard": category.standard, "standard_on": category.standard_on}
    form = StandardForm(posted if known else None, prefix=prefix, initial=initial, of=category)
    return Row(category, form, posted.get(f"{prefix}-before", "") if known and posted is not None else "")


def _save(request: HttpRequest, rows: list[Row]) -> bool:
    """Store what the rows want; False where one says what is wrong with it."""
    bound = [row for row in rows if row.form.is_bound]
    if [row for row in bound if not row.form.is_valid()]:
        return False
    wanted = [(row, said) for row in bound if (said := row.wants()) is not None]
    if any(row.form.errors for row in bound):
        return False
    standards = {row.category.pk: said for row, said in wanted}
    try:
        saved = categories.write_standards(request.frame.campaign, standards, by=request.user)
    except CategoryError as error:
        for place, problem in error.problems.items():
            wanted[place][0].form.add_error("standard", problem)
        return False
    messages.success(
        request, f"已保存{saved.changed}个类别的整改标准。" if saved.changed else "内容没有变化。"
    )
    return True
