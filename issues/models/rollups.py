"""Roll-ups of the issue ledger: key place × category × list × what is counted; 0 in a key means none."""

from __future__ import annotations

from django.db import models

from rectify.lib.ledger import QuantityField


class IssueMeasures(models.Model):
    """Key and measures (issues.rules.stages.MEASURES) of a roll-up row."""

    campaign_key = models.BigIntegerField()
    list_key = models.BigIntegerField()
    category_key = models.BigIntegerField()
    township_key = models.BigIntegerField()
    counted_in = models.CharField(max_length=12)
    items = models.BigIntegerField(default=0)
    found = QuantityField(default=0)
    removed = QuantityField(default=0)
    claimed = QuantityField(default=0)
    confirmed = QuantityField(default=0)
    closed = models.BigIntegerField(default=0)
    overdue_claimed = QuantityField(default=0)
    overdue_confirmed = QuantityField(default=0)
    undetermined_claimed = QuantityField(default=0)
    undetermined_confirmed = QuantityField(default=0)
    unconfirmed_claimed = QuantityField(default=0)
    unconfirmed_confirmed = QuantityField(default=0)
    unstated = QuantityField(default=0)
    amount_found = QuantityField(default=0)
    amount_removed = QuantityField(default=0)
    amount_claimed = QuantityField(default=0)
    amount_confirmed = QuantityField(default=0)

    class Meta:
        abstract = True


KEY = ["campaign_key", "list_key", "category_key", "township_key", "counted_in"]


class IssueBalance(IssueMeasures):
    class Meta:
        constraints = [models.UniqueConstraint(fields=KEY, name="issue_balance_key")]


class IssueDay(IssueMeasures):
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "day"], name="issue_day_key")]
        indexes = [models.Index(fields=["campaign_key", "day"], name="issue_day_by_day")]


class IssueMonth(IssueMeasures):
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "month"], name="issue_month_key")]
        indexes = [models.Index(fields=["campaign_key", "month"], name="issue_month_by_month")]


class IssueRoll(models.Model):
    """One row: the day the issue balances stand for."""

    rolled_to = models.DateField()
