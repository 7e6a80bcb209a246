"""Fields of forms that refuse what no matter of a county can be, beside what was typed."""

from __future__ import annotations

import pytest
from django import forms

from rectify.lib.day_field import DayField


class Asked(forms.Form):
    on = DayField(label="日期", required=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9999-12-31", "日期太晚，请核对年份。"),
        ("2100-01-01", "日期太晚，请核对年份。"),
        ("0218-01-01", "日期太早，请核对年份。"),
        ("1900-01-01", "日期太早，请核对年份。"),
    ],
)
def test_an_unlikely_day_is_refused_and_stays_in_the_box(text: str, said: str) -> None:
    asked = Asked({"on": text})
    assert asked.errors["on"] == [said]
    assert asked["on"].value() == text


@pytest.mark.parametrize("text", ["1949-10-01", "2018-06-30", "2099-12-31", ""])
def test_a_likely_day_is_taken(text: str) -> None:
    assert Asked({"on": text}).is_valid()
