"""How offices head and word a list of units: which column says what, which level a word or a name means."""

from __future__ import annotations

import re
from typing import Final

from rectify.lib.cn_text import fold
from townships.rules.roles import Level

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "名称", "单位名称", "单位全称", "全称", "机构名称", "规范名称", "名称全称", "单位", "机构",
        "name", "unit_name",
    ),
    "code": (
        "代码", "编码", "编号代码", "单位代码", "单位编码", "机构代码", "行政区划代码", "区划代码",
        "行政区划编码", "统计用区划代码", "code", "unit_code",
    ),
    "short_name": ("简称", "单位简称", "规范简称", "short_name"),
    "level": ("级别", "层级", "单位级别", "行政级别", "单位层级", "level"),
    "kind": ("类型", "类别", "性质", "单位类型", "单位性质", "单位类别", "机构类型", "kind"),
    "parent": (
        "上级", "上级单位", "上级名称", "上级代码", "上级单位名称", "所属乡镇", "所属镇", "所属街道",
        "所在乡镇", "所属乡(镇)", "所属乡镇(街道)", "所属镇街", "所属", "所属单位", "所属部门", "隶属",
        "隶属单位", "隶属乡镇", "主管单位", "parent_code", "parent",
    ),
    "aliases": ("别名", "其他名称", "常用名", "常用名称", "又名", "别称", "aliases"),
    "former": ("曾用名", "曾用名称", "原名", "原名称", "旧名", "旧称", "former"),
    "opened_on": ("设立日期", "成立日期", "设立时间", "成立时间", "opened_on"),
    "closed_on": ("撤并日期", "撤销日期", "撤并时间", "撤销时间", "closed_on"),
    "successor": (
        "并入单位", "并入", "继承单位", "承接单位", "撤并后单位", "successor_code", "successor",
    ),
    "note": ("备注", "说明", "note"),
    "county": (
        "县", "县区", "区县", "县(市、区)", "县(区)", "市县区", "县名", "县名称", "所属县", "所属区县",
    ),
    "township": (
        "乡镇", "镇", "乡", "乡(镇)", "镇(乡)", "乡镇(街道)", "乡镇街道", "乡(镇、街道)", "镇街",
        "镇(街道)", "街道", "乡镇名称", "乡镇名", "镇名", "街道名称", "乡镇(街道)名称", "township",
    ),
    "township_code": ("乡镇代码", "乡镇编码", "乡级代码", "镇代码", "街道代码"),
    "village": (
        "村", "村名", "村名称", "行政村", "行政村名称", "村(社区)", "村社区", "村(社区)名称", "社区",
        "社区名称", "村(居)", "村居", "村(居)委会", "村(居)名称", "建制村", "village",
    ),
    "village_code": (
        "村代码", "村编码", "村级代码", "行政村代码", "社区代码", "村(社区)代码", "村居代码",
    ),
    "department": (
        "部门", "部门名称", "县直部门", "县级部门", "区直部门", "市直部门", "县直单位", "县直部门(单位)",
        "县级单位", "department",
    ),
    "department_code": ("部门代码", "部门编码"),
    "set": ("集合", "单位集合", "集合名称", "单位组", "set"),
}  # fmt: skip
DATES: Final = ("opened_on", "closed_on")
DESCRIBES: Final = frozenset(("name", "township", "village", "department", "county"))
_HEADERS: Final = {fold(word).lower(): field for field, words in COLUMNS.items() for word in words}
_ASIDE: Final = re.compile(r"\([^()]*\)$")

_LEVELS: Final[dict[Level, tuple[str, ...]]] = {
    Level.CITY: ("市", "地级市", "市级", "州", "city"),
    Level.COUNTY: (
        "县", "县级", "区", "市辖区", "自治县", "县级市", "旗", "县区", "区县", "县本级", "county",
    ),
    Level.TOWNSHIP: (
        "乡镇", "镇", "乡", "民族乡", "街道", "街道办", "街道办事处", "乡级", "镇级", "乡镇级", "乡(镇)",
        "镇街", "乡镇街道", "乡镇(街道)", "township", "townships",
    ),
    Level.VILLAGE: (
        "村", "社区", "行政村", "建制村", "村(社区)", "村社区", "村居", "村(居)", "村级", "居委会",
        "居民委员会", "村委会", "村民委员会", "居", "village", "villages",
    ),
    Level.DEPARTMENT: (
        "部门", "单位", "县直部门", "县级部门", "区直部门", "市直部门", "县直单位", "县直", "县属单位",
        "党委", "政府", "党委部门", "政府部门", "群团", "群团组织", "党群", "事业", "事业单位", "企业",
        "国有企业", "垂管", "垂直管理", "司法", "人大", "政协", "纪委", "议事协调", "议事协调机构",
        "department", "departments",
    ),
    Level.GROUP: ("领导小组", "专班", "指挥部", "工作组", "group"),
    Level.OUTSIDE: ("县外单位", "外单位", "外部单位", "市级单位", "省级单位", "outside"),
}  # fmt: skip
_OF_WORD: Final = {fold(word).lower(): level for level, words in reversed(_LEVELS.items()) for word in words}
_PLACES: Final = (Level.TOWNSHIP, Level.VILLAGE)

_VILLAGE_NAME: Final = re.compile(r"(?:村|社区|居委会|村委会|居民委员会|村民委员会)$")
_TOWNSHIP_NAME: Final = re.compile(r"^.{1,11}(?:镇|乡|街道|街道办|街道办事处)(?:人民政府)?$")
_GROUP_NAME: Final = re.compile(r"(?:领导小组|指挥部|专班)$")
_COUNTY_NAME: Final = re.compile(r"^.{1,9}(?:县|旗)(?:人民政府)?$")
_SUFFIXES: Final = {
    Level.TOWNSHIP: re.compile(r"^(.+(?:镇|乡|街道))(?:党委、?政府|人民政府|政府|办事处|办)$"),
    Level.VILLAGE: re.compile(
        r"^(.+?(?:村|社区))(?:村民委员会|居民委员会|村委会|居委会|民委员会|委会|委员会)$"
    ),
    Level.COUNTY: re.compile(r"^(.+[县区市旗])(?:人民政府|本级)$"),
}
_PLACE_KINDS: Final = ("镇", "乡", "民族乡", "街道", "村", "社区")
_NO_KIND: Final = ("部门", "单位", "县直", "县直部门", "县直单位", "县级部门", "领导小组", "县外单位")
_KINDS: Final = (
    (
        "群团",
        re.compile(r"(?:总工会|团委|共青团.*|妇联|妇女联合会|残联|残疾人联合会|科协|文联|工商联|红十字会)$"),
    ),
    ("企业", re.compile(r"(?:公司|银行|信用社|联社|集团)$")),
    ("党委", re.compile(r"(?:^中共|县委|区委|市委|纪委|纪律检查|组织部|宣传部|统战部|政法委|编办|党校)")),
)


def field_of(header: str) -> str | None:
    """What a column with this name holds; a remark in brackets behind the name does not matter."""
    word = fold(header).lower()
    return _HEADERS.get(word) or _HEADERS.get(_ASIDE.sub("", word))


def level_of_word(word: str) -> Level | None:
    """The level that 乡镇, 镇, 村（社区）, 县直部门 … mean; None for a word nobody uses for one."""
    return _OF_WORD.get(fold(word).lower()) if word else None


def level_of_sheet(name: str) -> Level | None:
    """The level that a sheet's name or title promises for its rows; None where it names none or several."""
    word = _ASIDE.sub("", fold(name).lower())
    if word == "单位":
        return None  # every unit is one
    if exact := _OF_WORD.get(word):
        return exact
    marks = {
        Level.VILLAGE: ("村", "社区"),
        Level.TOWNSHIP: ("乡镇", "镇街", "街道"),
        Level.DEPARTMENT: ("部门", "县直", "区直"),
        Level.GROUP: ("领导小组",),
    }
    found = [level for level, words in marks.items() if any(mark in word for mark in words)]
    return found[0] if len(found) == 1 else None


def level_of_name(name: str) -> Level:
    """The level that a name's ending shows; what ends as no place does is a department."""
    word = fold(name)
    if _VILLAGE_NAME.search(word):
        return Level.VILLAGE
    if _TOWNSHIP_NAME.match(word):
        return Level.TOWNSHIP
    if _GROUP_NAME.search(word):
        return Level.GROUP
    return Level.COUNTY if _COUNTY_NAME.match(word) else Level.DEPARTMENT


def plain_name(name: str, level: Level, above: tuple[str, ...] = ()) -> str:
    """A place's own name: without 人民政府, 村委会 and, for places, without the names ``above`` in front."""
    suffix = _SUFFIXES.get(level)
    found = suffix.match(name) if suffix else None
    plain = found[1] if found else name
    for front in above if level in _PLACES else ():
        rest = plain.removeprefix(front)
        if front and rest != plain and len(rest) >= 2:
            plain = rest
    return plain


def short_name_of(name: str, level: Level, county: tuple[str, ...]) -> str:
    """What people call it: 江东镇 → 江东, 甲县水务局 → 水务局. A 民族乡 keeps its name."""
    if level in _PLACES:
        short = re.sub(r"(?:街道|镇|乡|社区|村)$", "", name)
        return short if len(short) >= 2 and not short.endswith("族") else name
    for front in county:
        rest = name.removeprefix(front)
        if front and len(rest) >= 3:
            name = rest
    return name


def kind_of(name: str, level: Level, told: str = "") -> str:
    """The finer kind: as told unless that only names the level, of a place by its name, of a department by
    its usual names."""
    if told and told not in _NO_KIND and (level not in _PLACES or told in _PLACE_KINDS):
        return told
    if level is Level.TOWNSHIP:
        return "民族乡" if name.endswith("族乡") else "街道" if name.endswith("街道") else name[-1:]
    if level is Level.VILLAGE:
        return "社区" if name.endswith("社区") else "村"
    if level is Level.DEPARTMENT:
        return next((kind for kind, pattern in _KINDS if pattern.search(name)), "政府")
    return ""
