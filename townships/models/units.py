"""Units: organisations and places, one tree by materialized path, with every name they ever bore."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from rectify.lib import clock
from townships.rules.roles import Duty, Level
from townships.rules.scope import Scope

LEVEL_CHOICES = [(level.value, level.label) for level in Level]
NAME_ROLES = [("official", "全称"), ("short", "简称"), ("former", "曾用名"), ("alias", "别名")]


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, unit: Unit) -> UnitQuerySet:
        """``unit`` itself and everything below it."""
        return self.filter(path__startswith=unit.path)

    def in_scope(self, scope: Scope) -> UnitQuerySet:
        """The own subtree, and what was merged into it by today, with its villages."""
        own = Q(path__startswith=scope.path)
        closed = Q(successor__path__startswith=scope.path, closed_on__lte=clock.today())
        village = Q(parent__successor__path__startswith=scope.path, parent__closed_on__lte=clock.today())
        return self.filter(own | closed | village)

    def valid_on(self, day: object) -> UnitQuerySet:
        """Units that existed on the Beijing date ``day``."""
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day),
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
        )


class Unit(models.Model):
    """An organisation or place. ``path`` is the ids' codes from the root, each followed by "/"."""

    code = models.CharField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=60)
    level = models.CharField("层级", max_length=12, choices=LEVEL_CHOICES)
    kind = models.CharField("类型", max_length=20, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField("路径", max_length=255, unique=True)
    opened_on = models.DateField("设立日期", null=True, blank=True)
    closed_on = models.DateField("撤并日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    note = models.CharField("说明", max_length=255, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="unit_closes_after_it_opens",
                condition=Q(opened_on__isnull=True)
                | Q(closed_on__isnull=True)
                | Q(closed_on__gt=F("opened_on")),
            ),
            models.CheckConstraint(
                name="unit_with_successor_is_closed",
                condition=Q(successor__isnull=True) | Q(closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="unit_level_known", condition=Q(level__in=[value for value, _ in LEVEL_CHOICES])
            ),
        ]
        indexes = [models.Index(fields=["parent", "code"], name="unit_by_parent")]

    def __str__(self) -> str:
        return self.name


class UnitName(models.Model):
    """A name a unit is written with. One text may name several units (two villages called 双桥)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    name = models.CharField("名称", max_length=100, db_index=True)
    role = models.CharField("性质", max_length=10, choices=NAME_ROLES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="unit_name_once")]


class UnitSet(models.Model):
    """A named set of units that ledgers write in one word (专项部门)."""

    name = models.CharField("名称", max_length=60, unique=True)
    units = models.ManyToManyField(Unit, related_name="sets")


class Seat(models.Model):
    """A duty at a unit; the person in it changes, the seat does not."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="seats")
    duty = models.CharField("岗位", max_length=20, choices=[(duty.value, duty.label) for duty in Duty])
    user = models.ForeignKey("townships.User", on_delete=models.PROTECT, null=True, related_name="seats")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "duty", "user"], name="seat_person_once"),
            models.UniqueConstraint(
                fields=["unit", "duty"], condition=Q(user__isnull=True), name="seat_empty_once"
            ),
        ]


class Revision(models.Model):
    """One counter per township and department: raised by every write that changes what its pages show.

    ``unit`` 0 stands for things without a unit (units, categories, settings)."""

    unit_key = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)


class Sequence(models.Model):
    """The last number given out for a key such as "WT2018"; allocation holds the row until commit."""

    key = models.CharField(max_length=32, primary_key=True)
    last = models.BigIntegerField(default=0)
