"""The page of 调整责任单位: lead, responsible and supporting units by name."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Issue
from issues.rules.workflow import Verb
from issues.services.life import assigning
from issues.services.life.assigning import Named, Units
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import UnitsField, aim_units, unit_names, words_field
from issues.web.acts.signing import WITH_FACTS
from townships.models import Unit, User

ONE_A_LINE = "一行一个，也可以用顿号隔开。"


def many_units(label: str, **more: Any) -> UnitsField:
    return UnitsField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


class AssignForm(ActForm):
    lead = UnitsField(
        label="牵头单位",
        most=1,
        too_many="牵头单位只能有一个，其他单位写在责任单位或配合单位里。",
        required=False,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
        help_text="负总责，审核和核查责任单位的整改；没有的，问题计在第一个责任单位名下。",
    )
    responsible = many_units("责任单位", required=False, help_text=ONE_A_LINE)
    support = many_units("配合单位", required=False, help_text=ONE_A_LINE)
    words = words_field("理由")

    def prepare(self) -> None:
        aim_units(self, self.issue, self.user)
        self.unit_names = unit_names(self.user)
        now = assigning.units_of(self.issue)
        self.fields["lead"].initial = now.lead.name if now.lead else ""
        for name in ("responsible", "support"):
            self.fields[name].initial = "\n".join(one.name for one in getattr(now, name))

    @property
    def current(self) -> list[tuple[str, str]]:
        now = assigning.units_of(self.issue)
        return [
            ("牵头单位", now.lead.name if now.lead else ""),
            ("责任单位", "、".join(one.name for one in now.responsible)),
            ("配合单位", "、".join(one.name for one in now.support)),
        ]


def _named(pairs: list[tuple[str, Unit | None]]) -> tuple[Named, ...]:
    return tuple(Named(name, unit) for name, unit in pairs)


def _assign(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    units = Units(
        next(iter(_named(given["lead"])), None), _named(given["responsible"]), _named(given["support"])
    )
    assigning.assign(issue.pk, by, units=units, words=given["words"], version=version)


ACTS = {Verb.ASSIGN: Act(_assign, "责任单位已调整。", AssignForm, WITH_FACTS)}
