"""The page of 拆分: a table pasted from a workbook, one line a detail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from issues.models import Issue
from issues.rules.history import plain
from issues.rules.splitting import COLUMNS, Line, Unreadable, lines_of
from issues.rules.workflow import Verb
from issues.services.life.splitting import Detail, split
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import words_field
from issues.web.acts.signing import WITH_FACTS
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.queries.units import directory, named_under, unit_index
from townships.rules.roles import Level


class SplitForm(ActForm):
    rows = WordsField(
        label="拆分成哪些问题",
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10, "wrap": "off", "spellcheck": "false"}),
        help_text=f"一行一项，从表格里复制粘贴即可；列的次序：{'、'.join(COLUMNS)}。"
        "只有数量必填，没有制表符的用逗号隔开；问题、责任单位空着的沿用原问题的。",
    )
    reason = words_field("理由")

    @property
    def facts(self) -> list[tuple[str, str]]:
        issue = self.issue
        return [
            (
                "可以拆分",
                f"未整改的{plain(issue.left)}{issue.counted_in}；拆出去的从本问题减去，没有拆的留在本问题。",
            )
        ]

    @property
    def current(self) -> list[tuple[str, str]]:
        return self.facts

    def clean_rows(self) -> list[Detail]:
        try:
            lines = lines_of(self.cleaned_data["rows"])
        except Unreadable as unreadable:
            raise forms.ValidationError(unreadable.reasons) from unreadable
        names = _Names(self.issue, self.user)
        details, wrong = [], []
        for number, line in enumerate(lines, start=1):
            try:
                details.append(names.detail(line))
            except LookupError as error:
                wrong.append(f"第{number}项：{error.args[0]}")
        if wrong:
            raise forms.ValidationError(wrong[:10])
        return details


class _Names:
    """What the names of one table mean: villages first looked for in the issue's own township."""

    def __init__(self, issue: Issue, user: User) -> None:
        self.user = user
        self.township = issue.township
        self.near = named_under(issue.township) if issue.township else {}
        self.known: dict[str, Unit] = {}

    def detail(self, line: Line) -> Detail:
        """LookupError in words where a name means nothing here."""
        place = self._unit(line.place, near=True) if line.place else None
        unit = self._unit(line.unit) if line.unit else None
        if place is None:
            return Detail(line, unit=unit)
        if place.level == Level.VILLAGE:
            return Detail(line, place.parent, place, unit)
        if place.level != Level.TOWNSHIP:
            raise LookupError(f"“{line.place}”不是乡镇或村。")
        return Detail(line, place, None, unit)

    def _unit(self, name: str, *, near: bool = False) -> Unit:
        if near and name in self.near:
            return self.near[name]
        if name not in self.known:
            index = unit_index(clock.today())
            match = index.resolve(name)
            wanted = Q(code=match.unit.code if match else name)
            unit = directory(self.user).select_related("parent").filter(wanted).first()
            if unit is None:
                raise LookupError(f"{index.problem(name) or f'“{name}”不在您的工作范围内'}。")
            self.known[name] = unit
        return self.known[name]


def _split(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    split(issue.pk, by, given["rows"], given["reason"], version=version)


ACTS = {Verb.SPLIT: Act(_split, "已拆分。", SplitForm, WITH_FACTS)}
