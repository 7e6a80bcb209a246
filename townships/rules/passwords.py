"""What a password must be (网络安全等级保护 身份鉴别), over plain text; hashing is in services."""

from __future__ import annotations

import secrets
import string

MINIMUM = 10
CLASSES = 3
REMEMBERED = 5

_SYMBOLS = "@#%+?"
_READABLE = {
    "lower": "abcdefghjkmnpqrstuvwxyz",
    "upper": "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "digit": "23456789",
    "symbol": _SYMBOLS,
}
_INITIAL_LENGTH = 12

HINT = (
    f"至少{MINIMUM}个字符；大写字母、小写字母、数字、符号四类中至少有{CLASSES}类；"
    f"不含用户名；不与最近{REMEMBERED}次用过的相同。"
)


def problems(password: str, *, username: str) -> list[str]:
    """What is wrong with ``password``, as Chinese sentences; empty when nothing is."""
    found = []
    if len(password) < MINIMUM:
        found.append(f"密码至少要有{MINIMUM}个字符。")
    if _classes(password) < CLASSES:
        found.append("密码须含大写字母、小写字母、数字、符号四类中的至少三类。")
    if username and username.lower() in password.lower():
        found.append("密码不能含有用户名。")
    return found


def _classes(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


def initial_password() -> str:
    """A random password for a slip: four classes, no characters that are misread on paper (0O1lI)."""
    chosen = [secrets.choice(alphabet) for alphabet in _READABLE.values()]
    everything = "".join(_READABLE.values())
    chosen += [secrets.choice(everything) for _ in range(_INITIAL_LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    # A slip is read aloud and typed: it starts with a letter, so that nobody takes a symbol for punctuation.
    first = next(place for place, char in enumerate(chosen) if char in string.ascii_letters)
    chosen[0], chosen[first] = chosen[first], chosen[0]
    return "".join(chosen)
