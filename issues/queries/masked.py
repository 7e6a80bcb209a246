"""Texts that are shown masked, asked for as they were shown."""

from __future__ import annotations

from issues.models import Issue
from rectify.lib.masking import mask_text

STAR = "*"


def sources_shown_as(text: str) -> list[str]:
    """Every 来源 that reads ``text`` on a page or in an answer: itself, and what is masked to it. One query
    where it has a star, none without."""
    if STAR not in text:
        return [text]
    named = Issue.objects.exclude(source="").order_by().values_list("source", flat=True).distinct()
    return [text, *(source for source in named if source != text and mask_text(source) == text)]
