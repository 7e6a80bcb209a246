"""Secrets that must be used again, so cannot be hashed (keys of channels), sealed under SECRET_KEY.

The standard library has no cipher: HMAC-SHA256 in counter mode gives the key stream, and a second HMAC over
nonce and text refuses whatever was changed (encrypt, then authenticate). A backup alone opens nothing."""

import base64
import binascii
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.encoding import force_bytes

_NONCE, _TAG, _BLOCK = 16, 32, 32
_FORM = "1."


class SealBroken(Exception):
    """The text was sealed under another SECRET_KEY, or changed since."""


def seal(text: str) -> str:
    """The text as something that may stand in a table; "" stays "". Sealed twice it looks different."""
    if not text:
        return ""
    nonce, plain = secrets.token_bytes(_NONCE), text.encode()
    inside = nonce + _mixed(plain, nonce, settings.SECRET_KEY)
    tag = _keyed("tag", settings.SECRET_KEY, inside)
    return _FORM + base64.urlsafe_b64encode(inside + tag).decode()


def unseal(sealed: str) -> str:
    """What was sealed, under this SECRET_KEY or one of its fallbacks; SealBroken otherwise."""
    if not sealed:
        return ""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_FORM))
    except (ValueError, binascii.Error) as error:
        raise SealBroken from error
    inside, tag = raw[:-_TAG], raw[-_TAG:]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(tag, _keyed("tag", key, inside)):
            return _mixed(inside[_NONCE:], inside[:_NONCE], key).decode()
    raise SealBroken


def mark(text: str) -> str:
    """The same for the same text, and nothing to be read from it: finds a sealed text again."""
    return _keyed("mark", settings.SECRET_KEY, text.encode()).hex() if text else ""


def _mixed(given: bytes, nonce: bytes, key: str | bytes) -> bytes:
    stream = bytearray()
    for number in range(-(-len(given) // _BLOCK)):
        stream += _keyed("stream", key, nonce + number.to_bytes(8, "big"))
    return bytes(left ^ right for left, right in zip(given, stream, strict=False))


def _keyed(purpose: str, key: str | bytes, given: bytes) -> bytes:
    own = hashlib.sha256(f"rectify.sealing.{purpose}.".encode() + force_bytes(key)).digest()
    return hmac.new(own, given, hashlib.sha256).digest()
