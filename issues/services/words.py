"""Typed words of a paper: what may be kept of them."""

from __future__ import annotations

from rectify.lib.masking import mask_text
from rectify.lib.secrecy import words_refusal
from townships.services.papers import PaperRefused


def words_given(text: str, *, most: int, field: str, missing: str = "") -> str:
    """Typed words, identity and phone numbers masked. PaperRefused where they bear a 密级 mark, are longer
    than ``most``, or ``missing`` (the sentence) where they are asked for and there are none."""
    said = "\n".join(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip())
    if not said and missing:
        raise PaperRefused(missing, field)
    if len(said) > most:
        raise PaperRefused(f"写了{len(said)}个字，最多{most}个字。", field)
    if reason := words_refusal(said):
        raise PaperRefused(reason, field)
    return mask_text(said)
