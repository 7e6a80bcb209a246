"""Folding: width, traditional characters, spaces, numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.cn_text import chinese_number, fold, narrow, simplify


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("敘永縣　整改\n時限（戶）", "叙永县整改时限(户)"),
        ("２０１８年６月", "2018年6月"),
        ("是否完成整改　", "是否完成整改"),
        ("責任單位／負責人", "责任单位/负责人"),
        ("户\u200b  主", "户主"),
        ("①水利局", "①水利局"),
    ],
)
def test_headers_and_units_are_folded_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_narrowing_keeps_spaces_and_simplifying_keeps_width() -> None:
    assert narrow("Ａ　Ｂ") == "A B"
    assert simplify("縣Ａ") == "县Ａ"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二〇一八", 2018), ("十", 10), ("十五", 15), ("三十", 30), ("一百二十", 120), ("两", 2),
        ("廿五", 25), ("二千零五", 2005), ("壹万贰仟", 12000), ("", None), ("若干", None),
    ],
)  # fmt: skip
def test_chinese_numerals_are_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text) == number
