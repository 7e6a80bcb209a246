"""Template filters of the county's pages."""

from __future__ import annotations

from django import template

from rectify.lib.masking import mask_phone

register = template.Library()


@register.filter
def phone(value: str | None) -> str:
    """A telephone number as 138****0000; a page never shows one in clear."""
    return mask_phone(value) if value else ""
