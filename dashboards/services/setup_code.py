"""The one-time set-up code: who reads the server's console may set an empty house up from another machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from dashboards.queries.setup import nobody_yet

FILE = "setup_code"
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 3, 4


def setup_code() -> str:
    """The code (ABCD-EFGH-JKMN), made when first asked for; "" once somebody has an account."""
    if not nobody_yet():
        return ""
    path = _path()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{code}\n")
    return code


def is_setup_code(given: str) -> bool:
    """Whether the code is the right one, whatever its case, spaces and dashes."""
    code = setup_code()
    return bool(code) and secrets.compare_digest(_plain(given), _plain(code))


def forget_setup_code() -> None:
    """The house is set up: the code is worth nothing any more."""
    _path().unlink(missing_ok=True)


def _plain(code: str) -> bytes:
    return "".join(character for character in code.upper() if character.isalnum()).encode()


def _path() -> Path:
    return Path(settings.VAR_DIR) / FILE
