"""Quantities and the abstract ledger line. What is counted, and how stages relate, each room says itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

SCALE = 1_000_000
"""Quantities and money (万元) are stored as whole millionths: SQLite adds decimals as floats."""


def to_millionths(value: Decimal | int | str) -> int:
    """Whole millionths of ``value``; ValueError where it is finer than one millionth."""
    scaled = Decimal(value) * SCALE
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"数量最多六位小数：{value}")
    return whole


def from_millionths(value: int | Decimal) -> Decimal:
    """The quantity that ``value`` millionths stand for, without trailing zeros."""
    return Decimal(value) / SCALE


class QuantityField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """A quantity or an amount: an integer of millionths in the database, Decimal in Python."""

    description = "quantity in millionths"
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_millionths(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(value)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValidationError(f"数量无法识别：{value}") from error

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or not isinstance(value, Decimal | int | str):
            return value
        return to_millionths(value)


class Entry(models.Model):
    """One line of an append-only ledger; never changed, never deleted (verify_ledger proves it).

    A subclass adds ``item`` (foreign key, related_name "entries") and the choices of ``stage`` and ``cause``.
    ``quantity`` is in what the item is counted in, ``amount`` in 万元; both signed. ``happened_on`` is the
    Beijing date when it was so, ``recorded_at`` the instant we learned it, equal for all entries of one act.
    """

    stage = models.CharField("环节", max_length=16)
    quantity = QuantityField("数量", default=Decimal(0))
    amount = QuantityField("金额（万元）", null=True)
    happened_on = models.DateField("发生日期")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField("事由", max_length=16)
    cause_id = models.BigIntegerField("事由编号", null=True)

    class Meta:
        abstract = True
