"""Kinds of fields that descriptions share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers


class QuantityField(serializers.RegexField):
    """A decimal as text, without exponent and trailing zeros."""

    def __init__(self, help_text: str, **more: Any) -> None:
        super().__init__(r"^-?\d+(\.\d{1,6})?$", help_text=help_text, **more)


def text(help_text: str = "", **more: Any) -> serializers.CharField:
    return serializers.CharField(help_text=help_text, **more)


def maybe(help_text: str) -> serializers.CharField:
    return serializers.CharField(help_text=help_text, allow_null=True)


def day(help_text: str) -> serializers.DateField:
    return serializers.DateField(help_text=help_text, allow_null=True)


def page_of(name: str, results: Any) -> Any:
    """A page of a list, as the description names it."""
    following = serializers.URLField(allow_null=True, help_text="下一页的地址，没有下一页为 null")
    return inline_serializer(name, {"results": results, "next": following})


class TombstoneSerializer(serializers.Serializer[Any]):
    """已撤回：请从贵系统中删除。"""

    number = text("编号")
    deleted = serializers.ChoiceField([True])
    updated_at = serializers.DateTimeField(help_text="撤回时刻")
