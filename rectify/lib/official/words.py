"""Text as a document can hold it."""

import re

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _BAD.sub("", text)
