"""Hands that fill in whatever form a verb's page shows and hand it in, as `issues.web.acting` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image

from issues.models import Issue
from issues.queries.story import load_issue
from issues.rules.workflow import Verb
from issues.services.workflow import Missing, Refused
from issues.web.acts import ACTS
from issues.web.acts.fields import UnitsField
from rectify.lib import clock
from townships.models import User

IDENTITY, PHONE = "510524197803125418", "13890912345"
"""No door may let these out: they are typed into every kind of words."""
Choose = Callable[[Sequence[Any]], Any]


class Unreadable(Refused):
    """The form says what is wrong with what was typed."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("".join(f"{name}：{'；'.join(said)}" for name, said in errors.items()), "form")


@dataclass
class Typed:
    """What was typed into a form: names of fields → values, files by name."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, SimpleUploadedFile] = field(default_factory=dict)

    def __setitem__(self, name: str, value: object) -> None:
        self.fields[name] = [str(one) for one in (value if isinstance(value, list) else [value])]

    @property
    def data(self) -> QueryDict:
        made = QueryDict(mutable=True)
        for name, values in self.fields.items():
            made.setlist(name, values)
        return made


def hand_in(issue: Issue, user: User, verb: Verb, typed: Typed) -> Any:
    """As the page does it: in sight, form valid, done; Refused (Missing, Stale, Unreadable) where it is not."""
    seen = Issue.objects.visible_to(user).filter(pk=issue.pk).first()
    if seen is None:
        raise Missing
    page = ACTS[verb]
    form = page.form(typed.data, MultiValueDict({k: [v] for k, v in typed.files.items()}), issue=load_issue(seen),
                     user=user)  # fmt: skip
    if not form.is_valid():
        raise Unreadable(form.errors)
    given = dict(form.cleaned_data)
    return page.do(form.issue, user, given, given.pop("version", None))


class Clerk:
    """Types into forms: what is sensible, or (``wild``) anything. ``choose`` picks one of several."""

    def __init__(self, choose: Choose, units: Sequence[str]) -> None:
        self.choose, self.units = choose, list(units)
        self.takes_part = False

    def fill(self, issue: Issue, user: User, verb: Verb, *, wild: bool) -> Typed:
        form = ACTS[verb].form(issue=load_issue(issue), user=user)
        typed = Typed()
        self.takes_part = self.choose([False, False, True])
        self._fields(form, typed, issue, wild=wild)
        for name in getattr(form, "tables", {}):
            self._table(getattr(form, name), typed, issue, wild=wild)
        if verb is Verb.DRAFT_PLAN:
            typed["then"] = self.choose(["send", ""])
        return typed

    def _table(self, rows: Any, typed: Typed, issue: Issue, *, wild: bool) -> None:
        typed[f"{rows.prefix}-TOTAL_FORMS"] = len(rows.forms)
        typed[f"{rows.prefix}-INITIAL_FORMS"] = 0
        for row in rows.forms[: self.choose([1, 1, 2, 0])]:
            self._fields(row, typed, issue, wild=wild)

    def _fields(self, form: forms.BaseForm, typed: Typed, issue: Issue, *, wild: bool) -> None:
        for name, asked in form.fields.items():
            full = form.add_prefix(name)
            if isinstance(asked, forms.FileField):
                if asked.required or self.choose([True, False]):
                    typed.files[full] = picture()
                continue
            odd = wild and self.choose([True, False, False] + [False] * 3 * asked.widget.is_hidden)
            value = self._odd(asked) if odd else self._value(form, name, asked, issue)
            if value is not None:
                typed[full] = value

    def _odd(self, asked: forms.Field) -> object:
        """What a form must refuse, or take as it is."""
        return self.choose(
            ["", "-1", "0", "999999999", "1e9", "2018-02-30", "2099-01-01", "否\x00", "x" * 3000]
        )

    def _value(self, form: forms.BaseForm, name: str, asked: forms.Field, issue: Issue) -> object:
        known = form.get_initial_for_field(asked, name)
        if asked.widget.is_hidden:
            return uuid4() if isinstance(asked, forms.UUIDField) else known
        if isinstance(asked, UnitsField):
            return self._units(name, asked)
        if isinstance(asked, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            values = self._choices(asked)
            return values if self.choose([True, True, False]) else values[:1]
        if isinstance(asked, forms.ChoiceField):
            values = self._choices(asked)
            return self.choose(values) if values else None
        if isinstance(asked, forms.BooleanField):
            return "on" if self.choose([True, True, False]) else None
        if isinstance(asked, forms.DateField):
            return self._day(name)
        if isinstance(asked, forms.DecimalField | forms.IntegerField):
            return self._quantity(name, known, issue)
        if known and self.choose([True, False]):
            return known
        return self._words(name, asked, issue)

    def _choices(self, asked: Any) -> list[str]:
        return [str(value) for value, _ in asked.choices if str(value)]

    def _day(self, name: str) -> date:
        """Today most often; a deadline lies ahead."""
        today = clock.today()
        if any(word in name for word in ("due", "wanted", "review", "until")):
            return today + timedelta(days=self.choose([10, 40, 90]))
        return self.choose([today, today, today, today - timedelta(days=self.choose([1, 5, 30]))])

    def _quantity(self, name: str, known: object, issue: Issue) -> object:
        """What the form proposes; what is left or unconfirmed, a part of it, anything."""
        claimed = issue.claimed - issue.confirmed
        whole = (
            claimed or issue.left if name in ("examined", "found_true") else known or issue.left or claimed
        )
        if self.takes_part:
            whole = self.choose([Decimal(1), Decimal(1), Decimal("0.5"), Decimal(-1)])
        return f"{Decimal(str(whole)).normalize():f}"

    def _units(self, name: str, asked: UnitsField) -> str:
        """One that answers, now and then two; seldom one that supports."""
        if name == "support":
            return self.choose(["", "", "", *self.units])
        if asked.most == 1:
            return self.choose([*self.units, ""])
        return self.choose([*self.units, "、".join(self.units[:2])])

    def _words(self, name: str, asked: forms.Field, issue: Issue) -> str:
        if name in ("into", "target"):
            others = Issue.objects.exclude(pk=issue.pk).order_by("pk").values_list("number", flat=True)
            return self.choose([*others, issue.number])
        if name == "rows":
            return self.choose(["1\n2", "1", "1\t甲一村\n1\t甲二村"])
        if name in ("leader", "person"):
            return self.choose(["罗某", "李某某"])
        longest = getattr(asked, "max_length", None) or 500
        return self.choose([f"已联系{IDENTITY}，电话{PHONE}", "三户已搬入新房", f"户主证件{IDENTITY}"])[
            :longest
        ]


def picture(size: int = 8) -> SimpleUploadedFile:
    """A small photo, no two alike."""
    out = BytesIO()
    seed = uuid4().bytes
    image = Image.new("RGB", (size, size))
    image.putdata([tuple(seed[(at + part) % 16] for part in range(3)) for at in range(size * size)])
    image.save(out, "PNG")
    return SimpleUploadedFile("成效.png", out.getvalue(), "image/png")


__all__ = ["IDENTITY", "PHONE", "Clerk", "Typed", "Unreadable", "hand_in", "picture"]
