"""Password rules: length, classes, not the username; initial passwords obey them."""

from hypothesis import given
from hypothesis import strategies as st

from townships.rules.passwords import initial_password, problems


def test_a_good_password_has_no_problem() -> None:
    assert problems("Zhenggai-18", username="li") == []


def test_ten_characters_are_needed() -> None:
    assert problems("Zhen-18ab", username="li") == ["密码至少要有10个字符。"]


def test_three_of_four_classes_are_needed() -> None:
    assert problems("zhenggai2018", username="li") == [
        "密码须含大写字母、小写字母、数字、符号四类中的至少三类。"
    ]
    assert problems("zhenggai_2018", username="li") == []


def test_the_username_may_not_stand_in_it() -> None:
    assert problems("Fenshui-2018", username="fenshui") == ["密码不能含有用户名。"]


@given(st.integers())
def test_an_initial_password_is_good_and_readable(_: int) -> None:
    password = initial_password()
    assert problems(password, username="nobody-at-all") == []
    assert not set(password) & set("0O1lI")
    assert password[0].isalpha()
