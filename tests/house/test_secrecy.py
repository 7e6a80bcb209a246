"""A 密级 mark is refused wherever words about a matter are typed, beside what was typed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

import alerts.web
import dashboards.web
import issues.web
import projects.web
import townships.web
from rectify.lib.words_field import WordsField

ROOMS = (townships.web, projects.web, issues.web, alerts.web, dashboards.web)
DATA = {
    ("YearListForm", "days"),
    ("StartForm", "named"),
    ("AssignForm", "responsible"),
    ("AssignForm", "support"),
    ("ChannelForm", "body"),
}
"""Boxes whose lines are read as days, units or a template."""


def form_classes() -> Iterator[type[forms.Form]]:
    """Every form that a room's pages declare."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                if (
                    isinstance(one, type)
                    and issubclass(one, forms.Form)
                    and one.__module__ == module.__name__
                ):
                    yield one


def test_every_box_for_sentences_refuses_a_mark() -> None:
    boxes = {
        (form.__name__, name): field
        for form in form_classes()
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea)
    }
    assert len(boxes) > 40
    assert {name for name, field in boxes.items() if not isinstance(field, WordsField)} == DATA


@pytest.mark.parametrize("text", ["机密★10年 某事", "此件 秘密 ☆ 三年"])
def test_a_mark_is_named_and_nothing_is_kept(text: str) -> None:
    class Asked(forms.Form):
        words = WordsField(max_length=200)

    asked = Asked({"words": text})
    assert not asked.is_valid()
    assert "密级标志，没有保存：本系统不得处理涉密信息" in asked.errors["words"][0]
    assert asked["words"].value() == text


def test_the_words_alone_are_no_mark() -> None:
    class Asked(forms.Form):
        words = WordsField(max_length=200)

    assert Asked({"words": "开展机密文件保管自查，涉及秘密载体3件"}).is_valid()
