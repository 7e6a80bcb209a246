"""Number formats: a cell says what the spreadsheet program shows."""

from datetime import date
from decimal import Decimal

import pytest

from rectify.lib.sheets.formats import is_telling, shown
from rectify.lib.sheets.types import Value


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (Decimal("0.56"), "0%", "56%"),
        (Decimal("0.5678"), "0%", "56.78%"),
        (1, "0.00%", "100%"),
        (date(2018, 6, 1), 'yyyy"年"m"月"', "2018年6月"),
        (date(2018, 6, 1), 'yyyy"年"m"月";@', "2018年6月"),
        (date(2018, 6, 1), '[$-804]yyyy"年"m"月"', "2018年6月"),
        (date(2018, 6, 1), r"yyyy\年m\月", "2018年6月"),
        (date(2018, 6, 1), "yyyy-mm", "2018年6月"),
        (date(2018, 1, 1), 'yyyy"年"', "2018年"),
        (183, '0"户"', "183户"),
        (Decimal("12.5"), '#,##0.00"万元"', "12.5万元"),
        (5, 'General"人"', "5人"),
        (7, "000", "007"),
        (None, "0%", ""),
        ("待定", "0%", "待定"),
    ],
)
def test_a_telling_format_is_read_as_it_is_shown(value: Value, code: str, text: str) -> None:
    assert is_telling(code)
    assert shown(value, code) == text


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "0.00",
        "#,##0.00",
        "@",
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日"',
        'm"月"d"日"',
        "[h]:mm",
        "h:mm",
        "[Red]0.00",
        '0!.0,"万元"',
        '0.0,"万元"',
        '"%"',
        "0.00E+00",
        "¥#,##0.00",
        '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        "",
    ],
)
def test_a_format_that_changes_nothing_or_scales_is_left_alone(code: str) -> None:
    assert not is_telling(code)
