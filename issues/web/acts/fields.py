"""Fields that several acts ask: days, units by name, rows of a table that grow without scripts."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from issues.models import Issue
from issues.web.acts.base import ActForm
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.queries.units import directory, unit_index

_BETWEEN_UNITS = re.compile(r"[、，,;；\n]+")
BLANK_ROWS = 5
MOST_ROWS = 60


def day_field(label: str, **more: Any) -> forms.DateField:
    return DayField(label=label, **more)


def words_field(label: str, **more: Any) -> WordsField:
    return WordsField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **more)


class UnitsField(forms.CharField):
    """Units by name, one a line or with 、 between; ``most`` of them. ``user`` and ``known`` are set by the
    form: what the issue names already may stay, also a 县外单位 or a village whose name others bear."""

    def __init__(self, *, most: int | None = None, too_many: str = "", **more: Any) -> None:
        super().__init__(max_length=1000, **more)
        self.most, self.too_many = most, too_many
        self.user: User | None = None
        self.known: dict[str, Unit | None] = {}

    def clean(self, value: Any) -> list[tuple[str, Unit | None]]:
        """Pairs (name, unit)."""
        names = [one.strip() for one in _BETWEEN_UNITS.split(super().clean(value)) if one.strip()]
        if self.most is not None and len(names) > self.most:
            raise forms.ValidationError(self.too_many)
        return [(name, self.known[name]) if name in self.known else self._found(name) for name in names]

    def _found(self, name: str) -> tuple[str, Unit]:
        index = unit_index(clock.today())
        match = index.resolve(name)
        code = match.unit.code if match else name
        unit = directory(self.user).filter(code=code).first() if self.user else None
        if unit is None:
            raise forms.ValidationError(f"{index.problem(name) or f'“{name}”不在您的工作范围内'}。")
        return unit.name, unit


def unit_names(user: User) -> list[str]:
    """Names to choose from: the open units of the county, without its villages."""
    open_units = directory(user).exclude(level="village").filter(closed_on=None).order_by("code")
    return list(open_units.values_list("name", flat=True))


def aim_units(form: ActForm, issue: Issue, user: User) -> None:
    """Tell the form's unit fields whose directory they search and which names may stay."""
    named = issue.units.select_related("unit")
    known = {one.unit.name if one.unit else one.name: one.unit for one in named}
    for field in form.fields.values():
        if isinstance(field, UnitsField):
            field.user, field.known = user, known


class Rows(forms.BaseFormSet):
    """Rows of which any may stay blank; blank ones are left out."""

    def initial_form_count(self) -> int:
        return 0

    @property
    def filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.has_changed()]


def rows_class(row: type[forms.Form]) -> type[Rows]:
    made: type[Rows] = forms.formset_factory(
        row, formset=Rows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )
    return made


class GrowingForm(ActForm):
    """A form with tables of rows (``tables``: name → row form). A button named ``more`` with the table's name
    adds a blank row and keeps what was typed: it works without scripts."""

    tables: dict[str, type[forms.Form]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, row in self.tables.items():
            setattr(self, name, self._table(name, row))

    def starting(self, name: str) -> list[dict[str, Any]]:
        """What the rows of a table begin with."""
        return []

    @property
    def wants_more(self) -> bool:
        return self.is_bound and self.data.get("more") in self.tables

    def _table(self, name: str, row: type[forms.Form]) -> Rows:
        made = rows_class(row)
        if not self.is_bound:
            starting = self.starting(name)
            rows = made(prefix=name, initial=starting)
            rows.extra = min(max(BLANK_ROWS, len(starting) + 1), MOST_ROWS)
            return rows
        data = self.data
        if data.get("more") == name:
            data = data.copy()
            asked = str(data.get(f"{name}-TOTAL_FORMS", ""))
            data[f"{name}-TOTAL_FORMS"] = str(min(int(asked) + 1 if asked.isdecimal() else 1, MOST_ROWS))
        rows = made(data, prefix=name)
        if self.wants_more:
            for form in rows.forms:
                form._errors = forms.utils.ErrorDict()
        return rows

    def full_clean(self) -> None:
        """Where only another row was asked for, nothing is judged yet."""
        if self.wants_more:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.tables:
            rows: Rows = getattr(self, name)
            if rows.is_valid():
                given[name] = rows.filled
            else:
                self.add_error(None, "表格里有的行需要改正。")
        return given
