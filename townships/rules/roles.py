"""Roles, permissions, and the one table between them. Scope (what one sees) is in scope.py."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    CADRE = "cadre"
    UNIT_HEAD = "unit_head"
    DEPARTMENT_STAFF = "department_staff"
    OFFICE = "office"
    INSPECTOR = "inspector"
    LEADER = "leader"
    DISCIPLINE = "discipline"
    SYSADMIN = "sysadmin"
    AUDITOR = "auditor"
    API_CLIENT = "api_client"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, str] = {
    Role.CADRE: "填报员",
    Role.UNIT_HEAD: "单位主要负责人",
    Role.DEPARTMENT_STAFF: "部门经办",
    Role.OFFICE: "整改办／督查室",
    Role.INSPECTOR: "督查暗访",
    Role.LEADER: "县领导",
    Role.DISCIPLINE: "纪委",
    Role.SYSADMIN: "系统管理员",
    Role.AUDITOR: "审计员",
    Role.API_CLIENT: "接口用户",
}


class Duty(StrEnum):
    """The duty of a seat: alerts go to seats, people sit in them."""

    STAFF = "staff"
    HEAD = "head"
    LEADER_IN_CHARGE = "leader_in_charge"
    SUPERVISION = "supervision"

    @property
    def label(self) -> str:
        return DUTY_LABELS[self]


DUTY_LABELS: dict[Duty, str] = {
    Duty.STAFF: "经办",
    Duty.HEAD: "主要负责人",
    Duty.LEADER_IN_CHARGE: "分管领导",
    Duty.SUPERVISION: "督查室",
}


class Level(StrEnum):
    """What kind of node a unit is in the tree; the finer kind (镇, 民族乡, 党委 …) is its own text."""

    CITY = "city"
    COUNTY = "county"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GROUP = "group"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]


LEVEL_LABELS: dict[Level, str] = {
    Level.CITY: "市",
    Level.COUNTY: "县",
    Level.DEPARTMENT: "部门",
    Level.TOWNSHIP: "乡镇",
    Level.VILLAGE: "村（社区）",
    Level.GROUP: "领导小组",
    Level.OUTSIDE: "县外单位",
}
