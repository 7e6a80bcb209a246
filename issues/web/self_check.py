"""The form of a unit's self-check: for each item of the template 无问题, or 有问题 with how many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from issues.rules.self_check_items import MOST, Item

NONE, SOME = "none", "some"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with its two fields."""

    item: Item
    answer: forms.BoundField
    found: forms.BoundField


class SelfCheckForm(forms.Form):
    """Items may stay unanswered until the head signs. A number alone says that there are problems."""

    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, prefix="check", **kwargs)
        self.items = items
        for item in items:
            self._ask(item)

    def _ask(self, item: Item) -> None:
        self.fields[f"answer-{item.code}"] = forms.ChoiceField(
            label=item.heading,
            choices=[(NONE, "无问题"), (SOME, "有问题")],
            widget=forms.RadioSelect,
            required=False,
            initial=None if item.found is None else SOME if item.found else NONE,
        )
        self.fields[f"found-{item.code}"] = forms.IntegerField(
            label=f"{item.heading}：查出问题个数",
            min_value=0,
            max_value=MOST,
            required=False,
            initial=item.found or None,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )

    @property
    def rows(self) -> Iterator[ItemRow]:
        for item in self.items:
            yield ItemRow(item, self[f"answer-{item.code}"], self[f"found-{item.code}"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for item in self.items:
            answer, found = given.get(f"answer-{item.code}"), given.get(f"found-{item.code}")
            if f"found-{item.code}" in self.errors:
                continue
            if answer == SOME and not found:
                self.add_error(f"found-{item.code}", "选了“有问题”，请填查出几个。")
            if answer == NONE and found:
                self.add_error(f"found-{item.code}", f"选了“无问题”，又填了{found}个，请改正其中一处。")
        return given

    @property
    def answers(self) -> dict[str, int]:
        """Code → how many, of the items answered."""
        given = self.cleaned_data
        return {
            item.code: given.get(f"found-{item.code}") or 0
            for item in self.items
            if given.get(f"answer-{item.code}") or given.get(f"found-{item.code}") is not None
        }
