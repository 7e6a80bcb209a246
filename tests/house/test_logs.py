"""What is written down: no ID or phone number, by whatever logger or traceback (design, invariant 11)."""

import logging

from django.conf import settings

from rectify.logs import MaskedFormatter

ID, PHONE = "510524198001011237", "13800138000"


def formatted(message: str, *, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, None, info)
    return MaskedFormatter("%(levelname)s %(message)s").format(record)


def test_a_line_is_masked() -> None:
    line = formatted(f"GET /issues/?q={PHONE} by {ID}")
    assert PHONE not in line
    assert ID not in line
    assert "GET /issues/" in line


def test_a_traceback_is_masked() -> None:
    try:
        raise ValueError(f"户主身份证 {ID}，电话 {PHONE}")
    except ValueError as error:
        line = formatted("导入失败", error=error)
    assert PHONE not in line
    assert ID not in line
    assert "Traceback" in line


def test_every_handler_masks() -> None:
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"masked"}
    assert settings.LOGGING["formatters"]["masked"]["()"] == "rectify.logs.MaskedFormatter"
