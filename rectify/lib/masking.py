"""Masking of personal values in fields and free text: identity and mobile numbers, bank cards, names."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

# \d in a str pattern also matches full-width digits, so nothing has to be narrowed first.
_RUN: Final = re.compile(r"(?<!\d)(\d{11,})([Xx\uff38\uff58]?)(?!\d)")
_BETWEEN: Final = r"[\s\-\u2010-\u2015\u2212\uff0d\u200b-\u200d\ufeff]{1,2}"
_CHAIN: Final = re.compile(rf"(?<![\d*])\d+(?:{_BETWEEN}\d+)+[Xx\uff38\uff58]?(?![\d*])")
_GROUP: Final = re.compile(r"\d+")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_PREFIXED_MOBILE: Final = re.compile(r"(?:0086|086|86|0)(1[3-9]\d{9})")
_MOBILE_GROUPS: Final = {(3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (4, 3, 4), (5, 6), (6, 5)}
_PROVINCES: Final = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
_NAME: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·•.]+")
_BRACKETED: Final = re.compile(r"[（(][^（()）]*[)）]")
_ALREADY_ANONYMOUS: Final = frozenset("某*＊xX×ｘＸ")


def mask_text(text: str) -> str:
    """Free text with every identity number, mobile number and bank card in it masked; the rest untouched.

    Every run of 17 digits and a digit or X is treated as an identity number, every run of 11 digits that
    begins like a mobile number as one, and runs of 16, 17 or more than 18 digits as bank cards: a document
    number may be masked needlessly, a person is never left clear. Masking twice changes nothing.
    """
    if len(text) < 11:
        return text
    return _CHAIN.sub(_mask_chain, _RUN.sub(_mask_run, text))


def mask_id(value: str) -> str:
    """An identity number as first six, stars, last four; a shorter value keeps at most its last two."""
    plain = re.sub(rf"{_BETWEEN}", "", value.strip())
    if "*" in plain:
        return mask_text(value)
    if len(plain) >= 15:
        return _starred(plain, 6, 4)
    return _starred(plain, 0, 2 if len(plain) >= 6 else 0)


def mask_phone(value: str) -> str:
    """A telephone number as first three, stars, last four (138****0000)."""
    plain = re.sub(rf"{_BETWEEN}", "", value.strip())
    if "*" in plain:
        return mask_text(value)
    if prefixed := _PREFIXED_MOBILE.fullmatch(plain.removeprefix("+")):
        plain = prefixed[1]
    if len(plain) >= 8:
        return _starred(plain, 3, 4)
    return _starred(plain, 0, 2 if len(plain) >= 5 else 0)


def mask_card(value: str) -> str:
    """A bank card number with only its last four digits left."""
    plain = re.sub(rf"{_BETWEEN}", "", value.strip())
    return plain if "*" in plain else _starred(plain, 0, 4)


def mask_name(value: str) -> str:
    """Persons' names as surname and stars (张三丰 → 张**), each of several; 张某某 says nothing and stays."""
    pieces, end = [], 0
    for bracket in _BRACKETED.finditer(value):
        pieces += [_NAME.sub(_mask_one_name, value[end : bracket.start()]), mask_text(bracket[0])]
        end = bracket.end()
    return mask_text("".join(pieces) + _NAME.sub(_mask_one_name, value[end:]))


@lru_cache(maxsize=4096)
def is_mask_of(masked: str, clear: str) -> bool:
    """Whether `masked` is what some door would have shown for `clear`, so a re-import leaves it unchanged."""
    shown = masked.strip()
    if "*" not in shown or shown == clear.strip():
        return False
    return any(
        shown == mask(clear).strip() for mask in (mask_text, mask_name, mask_id, mask_phone, mask_card)
    )


def _mask_run(match: re.Match[str]) -> str:
    digits, check = match[1], match[2]
    length = len(digits)
    if length == 18 or (length == 17 and check):
        return _starred(digits + check, 6, 4) if length == 17 else _starred(digits, 6, 4) + check
    if length == 11 and _MOBILE.fullmatch(digits):
        return _starred(digits, 3, 4) + check
    if length in (12, 13, 14, 15) and (prefixed := _PREFIXED_MOBILE.fullmatch(_ascii(digits))):
        return digits[: -len(prefixed[1])] + _starred(digits[-len(prefixed[1]) :], 3, 4) + check
    if length == 15:
        return (_starred(digits, 6, 4) if _is_old_identity(_ascii(digits)) else digits) + check
    if length >= 16 and not _is_fraction(match):
        return _starred(digits, 0, 4) + check
    return match[0]


def _is_fraction(match: re.Match[str]) -> bool:
    """0.30000000000000004 is a sum that a spreadsheet wrote out, not a card."""
    return len(match[1]) <= 17 and match.string[: match.start()].endswith("0.")


def _mask_chain(match: re.Match[str]) -> str:
    text, groups = match[0], list(_GROUP.finditer(match[0]))
    pieces, end, at = [], 0, 0
    while at < len(groups):
        found = next(_numbers_from(text, groups, at), None)
        if found is None:
            at += 1
            continue
        last, masked, stop = found
        pieces += [text[end : groups[at].start()], masked]
        end, at = stop, last + 1
    return "".join(pieces) + text[end:]


def _numbers_from(text: str, groups: list[re.Match[str]], at: int) -> Iterator[tuple[int, str, int]]:
    """Identity and mobile numbers that begin with the group: index of their last group, masked form, end."""
    digits = groups[at][0]
    for last in range(at + 1, len(groups)):
        digits += groups[last][0]
        if len(digits) > 18:
            return
        stop = groups[last].end()
        check = text[stop : stop + 1] if len(digits) == 17 and last == len(groups) - 1 else ""
        if len(digits + check) == 18 and _is_identity(_ascii(digits)):
            yield last, _starred(digits + check, 6, 4), stop + len(check)
        sizes = tuple(len(group[0]) for group in groups[at : last + 1])
        if _MOBILE.fullmatch(digits) and (sizes in _MOBILE_GROUPS or max(sizes) == 1):
            yield last, _starred(digits, 3, 4), stop
        if len(digits) == 16 and sizes == (4, 4, 4, 4):
            rest = groups[last + 1] if last + 1 < len(groups) and len(groups[last + 1][0]) == 3 else None
            whole = digits + (rest[0] if rest else "")
            yield last + bool(rest), _starred(whole, 0, 4), rest.end() if rest else stop


def _is_identity(digits: str) -> bool:
    return int(digits[:2]) in _PROVINCES and _is_birth_date(digits[6:10], digits[10:12], digits[12:14])


def _is_old_identity(digits: str) -> bool:
    return int(digits[:2]) in _PROVINCES and _is_birth_date("19" + digits[6:8], digits[8:10], digits[10:12])


def _is_birth_date(year: str, month: str, day: str) -> bool:
    if not 1900 <= int(year) <= 2099:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _starred(text: str, first: int, last: int) -> str:
    return text[:first] + "*" * max(0, len(text) - first - last) + (text[-last:] if last else "")


def _mask_one_name(match: re.Match[str]) -> str:
    name = match[0]
    if set(name[1:]) <= _ALREADY_ANONYMOUS:
        return name
    return name[0] + "*" * (len(name) - 1)
