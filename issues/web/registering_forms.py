"""The form of a new issue: what a unit says of its own, and what the office says besides."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import IssueList, Part
from issues.queries.registering import categories_of, townships_of, village_named, villages_of
from issues.rules.registering import Typed
from issues.services.life.registering import Where, Why
from issues.web.acts.fields import UnitsField, day_field
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.rules.roles import Level
from townships.web.forms import UnitField

DEADLINES = [
    ("undetermined", "未定"),
    ("dated", "有期限（填到期日）"),
    ("immediate", "立行立改"),
    ("long", "长期坚持"),
]
TEXTS = ("place", "household", "goal", "source", "source_doc", "ledger_number")
OFFICE_ONLY = ("lead_unit", "responsible", "goal", "source", "source_doc", "ledger_number")
SUPPLEMENT_ONLY = ("reason", "document")


def text(label: str, most: int, *, rows: int = 0, required: bool = False, **more: Any) -> WordsField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return WordsField(label=label, max_length=most, required=required, widget=widget, **more)


class PlacedForm(forms.Form):
    """A form with a township to choose and a village to name; cleaned, ``where`` and ``at`` are those units.
    ``township``: the only one there can be."""

    townships: dict[str, Unit] = {}
    township: Unit | None = None

    def offer_townships(self, user: User) -> None:
        self.townships = {str(one.pk): one for one in townships_of(user)}
        named = [(key, one.name) for key, one in self.townships.items()]
        self.fields["township"].choices = [("", "（不在乡镇）"), *named]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        township = self.township or self.townships.get(given.get("township", ""))
        given["where"], name = township, given.get("village", "")
        given["at"] = village_named(township, name) if township and name else None
        if name and given["at"] is None:
            problem = f"{township.name}没有叫“{name}”的村（社区）。" if township else "填了村，请选乡镇。"
            self.add_error("village", problem)
        return given


class RegisterForm(PlacedForm):
    """``part``: the unit's own part, which knows its unit and place; without it the office registers."""

    description = text("问题", 4000, rows=3, required=True)
    category = forms.ChoiceField(label="类别", required=False)
    township = forms.ChoiceField(label="乡镇", required=False)
    village = text("村（社区）", 100)
    place = text("具体地点", 200)
    household = text("户主", 100)
    quantity = forms.DecimalField(label="数量", max_digits=16, decimal_places=6, initial=1)
    counted_in = text("计量单位", 12, required=True, initial="个", help_text="如 户、个、处、公里。")
    amount = forms.DecimalField(label="涉及金额（万元）", max_digits=16, decimal_places=6, required=False)
    found_on = day_field("发现日期")
    deadline_class = forms.ChoiceField(label="时限", choices=DEADLINES)
    due_on = day_field("到期日", required=False)
    responsible = UnitsField(
        label="责任单位", required=False, help_text="几个单位用顿号隔开；不填的，由问题所在乡镇负责。"
    )
    lead_unit = UnitField(label="牵头单位", required=False)
    source = text("来源", 200, help_text="如 省委第三巡视组、县审计局、群众信访。")
    source_doc = text("文号", 200)
    ledger_number = text("台账序号", 60)
    goal = text("整改目标", 1000, rows=2)
    reason = text("增补理由", 300, rows=2, required=True, help_text="清单已锁定，这一项记作锁定后增补。")
    document = text("增补依据文号", 100)
    sure = forms.BooleanField(label="核对过，不是同一个问题，仍然登记", required=False)

    def __init__(
        self, *args: Any, listed: IssueList, user: User, part: Part | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.listed, self.part = listed, part
        self.township = _township(part)
        left_out = [
            *(OFFICE_ONLY if part else ()),
            *(SUPPLEMENT_ONLY if part or listed.locked_at is None else ()),
            *(("township",) if self.township else ()),
        ]
        for name in left_out:
            del self.fields[name]
        self.fields["found_on"].initial = clock.today()
        for name, word in (listed.template.labels if listed.template else {}).items():
            if name in self.fields:
                self.fields[name].label = word
        self._offer(user)

    def _offer(self, user: User) -> None:
        """Fill in what may be chosen."""
        self.categories = {str(one.pk): one for one in categories_of(self.listed.campaign)}
        self.fields["category"].choices = [("", "（未分类）")] + [
            (key, "　" * (one.path.count("/") - 1) + one.name) for key, one in self.categories.items()
        ]
        if self.township:
            villages = [(one.name, one.name) for one in villages_of(self.township)]
            self.fields["village"] = forms.ChoiceField(
                label="村（社区）", required=False, choices=[("", "（镇级）"), *villages]
            )
        else:
            self.offer_townships(user)
        for field in self.fields.values():
            if isinstance(field, UnitField | UnitsField):
                field.user = user

    def typed(self) -> Typed:
        """The words and numbers, as the service takes them."""
        given = self.cleaned_data
        names = ("description", "quantity", "counted_in", "found_on", "deadline_class", "due_on", "amount")
        texts = {name: given[name].strip() for name in TEXTS if given.get(name, "").strip()}
        return Typed(**{name: given[name] for name in names}, texts=texts)

    def belongs(self) -> Where:
        """Category, place and units, as the service takes them."""
        given = self.cleaned_data
        responsible = tuple(unit for _, unit in given.get("responsible") or [] if unit is not None)
        return Where(
            category=self.categories.get(given["category"]),
            township=given["where"],
            village=given["at"],
            lead_unit=given.get("lead_unit"),
            responsible=(self.part.unit,) if self.part else responsible,
        )

    def why(self) -> Why:
        """Why it is added to a locked list."""
        return Why(self.cleaned_data.get("reason", ""), self.cleaned_data.get("document", ""))


def _township(part: Part | None) -> Unit | None:
    """The township that the unit is or stands in: no other place can be meant."""
    if part is None:
        return None
    if part.unit.level == Level.TOWNSHIP:
        return part.unit
    return part.unit.parent if part.unit.level == Level.VILLAGE else None
