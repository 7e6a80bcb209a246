"""Masking: nobody's number leaves clear, nothing else is touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.masking import is_mask_of, mask_card, mask_id, mask_name, mask_phone, mask_text

IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXxＸｘ](?!\d)")
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")

NUMBERS = st.one_of(
    st.from_regex(r"\A[1-9][0-9]{16}[0-9X]\Z"),
    st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    st.from_regex(r"\A[0-9]{15,24}\Z"),
    st.from_regex(r"\A1[3-9][0-9] [0-9]{4}-[0-9]{4}\Z"),
)
WORDS = st.text("户主张三电话：（）- 　*Xx.，0123456789０１８", max_size=12)
TEXTS = st.lists(st.one_of(NUMBERS, WORDS), max_size=5).map("".join)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证510524198001011234。", "身份证510524********1234。"),
        ("51052419800101123X", "510524********123X"),
        ("５１０５２４１９８００１０１１２３４", "５１０５２４********１２３４"),
        ("510524 19800101 1234", "510524********1234"),
        ("510524-1980-0101-123X", "510524********123X"),
        ("510524800101123", "510524*****1123"),
        ("电话13812340000，已联系", "电话138****0000，已联系"),
        ("138 1234 0000", "138****0000"),
        ("+8613812340000", "+86138****0000"),
        ("1.13812340000", "1.138****0000"),
        ("*13812340000", "*138****0000"),
        ("张三13812340000/13912340001", "张三138****0000/139****0001"),
        ("卡号6222021234567890123", "卡号***************0123"),
        ("6222 0212 3456 7890", "************7890"),
        ("12345678901234567890123", "*******************0123"),
    ],
)
def test_personal_numbers_are_masked_wherever_they_stand(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "20180630",
        "2018-06-30 至 2018-07-31",
        "3,058.47万元",
        "1437.60",
        "510524100201",
        "川办发〔2018〕9号",
        "WT2018-000123",
        "0.30000000000000004",
        "涉及183户、1245人",
        "0830-6221234",
        "20180630180000",
        "",
    ],
)
def test_dates_money_codes_and_counts_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@given(TEXTS)
def test_no_identity_or_mobile_number_survives(text: str) -> None:
    masked = mask_text(text)
    assert not IDENTITY.search(masked)
    assert not MOBILE.search(masked)


@given(TEXTS)
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


@given(st.text(st.characters(exclude_categories=("Nd",))))
def test_texts_without_digits_are_untouched(text: str) -> None:
    assert mask_text(text) == text


@given(st.dates(), st.decimals(0, 99_999_999, places=2))
def test_days_and_amounts_are_untouched(day: object, amount: object) -> None:
    text = f"{day}拨付{amount}万元（{day:%Y%m%d}）"
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张某某", "张某某"),
        ("张**", "张**"),
        ("", ""),
        ("甲", "甲"),
        ("张三、李四光（五保户 13812340000）", "张*、李**（五保户 138****0000）"),
    ],
)
def test_names_keep_their_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked
    assert mask_name(masked) == masked


def test_fields_are_masked_whatever_they_hold() -> None:
    assert mask_id("510524198001011234") == "510524********1234"
    assert mask_id("12345678") == "******78"
    assert mask_phone("0830-6221234") == "083****1234"
    assert mask_phone("13812340000") == "138****0000"
    assert mask_card("6222021234567890") == "************7890"


@given(st.sampled_from(["510524198001011234", "13812340000", "0830-6221234", "张三丰", "6222021234567890"]))
def test_field_masks_are_idempotent(value: str) -> None:
    for mask in (mask_id, mask_phone, mask_card, mask_name):
        assert mask(mask(value)) == mask(value)


def test_a_mask_is_known_again_and_a_different_value_is_not() -> None:
    assert is_mask_of("138****0000", "13812340000")
    assert is_mask_of("张**", "张三丰")
    assert is_mask_of("户主张三，电话138****0000", "户主张三，电话13812340000")
    assert not is_mask_of("138****0001", "13812340000")
    assert not is_mask_of("张三丰", "张三丰")
    assert not is_mask_of("李**", "张三丰")
