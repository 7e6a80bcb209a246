"""A roster of people as offices write it: which column says what, which role a word means."""

from __future__ import annotations

from dataclasses import dataclass

from rectify.lib.cn_text import fold
from townships.rules.roles import Level, Role

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "人员姓名", "名字"),
    "unit": ("单位", "单位名称", "工作单位", "所在单位", "所属单位"),
    "role": ("角色", "岗位", "角色/岗位", "角色（岗位）", "岗位角色", "系统角色"),
    "title": ("职务", "职务职级", "职位"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式"),
    "username": ("用户名", "账号", "登录名", "用户账号"),
}
NEEDED = ("name", "unit", "role")
_HEADERS = {fold(word): field for field, words in COLUMNS.items() for word in words}

_ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    Role.CADRE: ("填报员", "经办", "经办人", "经办人员", "联络员", "工作人员", "填报人"),
    Role.UNIT_HEAD: ("单位主要负责人", "主要负责人", "负责人", "一把手", "单位负责人"),
    Role.DEPARTMENT_STAFF: ("部门经办", "部门经办人", "主管部门经办"),
    Role.OFFICE: ("整改办／督查室", "整改办", "督查室", "县整改办", "督办员", "督查室人员"),
    Role.INSPECTOR: ("督查暗访", "督查员", "暗访", "暗访员", "督查"),
    Role.LEADER: ("县领导", "分管领导", "分管县领导", "领导"),
    Role.DISCIPLINE: ("纪委", "纪委监委", "纪检"),
    Role.SYSADMIN: ("系统管理员", "管理员"),
    Role.AUDITOR: ("审计员", "审计管理员", "安全审计员"),
}
_ROLES = {fold(word): role for role, words in _ROLE_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as told; ``unit_code``, ``role``, ``problem``: what the words were found to mean."""

    row: int
    name: str
    unit_text: str
    role_text: str
    title: str = ""
    phone: str = ""
    username: str = ""
    unit_code: str = ""
    role: Role | None = None
    problem: str = ""


def column_of(header: str) -> str | None:
    """The field a header means, or None."""
    return _HEADERS.get(fold(header))


def role_of(word: str, level: Level | None) -> Role | None:
    """The role a word means; 经办 of a department is 部门经办. None for a word nobody knows."""
    role = _ROLES.get(fold(word))
    if role is Role.CADRE and fold(word) != fold(Role.CADRE.label) and level is Level.DEPARTMENT:
        return Role.DEPARTMENT_STAFF
    return role


def known_roles() -> str:
    """The role words to offer in a refusal."""
    return "、".join(words[0] for words in _ROLE_WORDS.values())
