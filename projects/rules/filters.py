"""What a list of projects may be narrowed by; what each of them finds is in projects.queries.projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from projects.rules.standing import FLAGS, LATE, STANDING_LABELS
from rectify.lib.criteria import Criteria, criterion, instant, number, one_of, past_day, text

BASES = {"claimed": "上报数", "confirmed": "核实数"}
MEASURES = {
    "items": "安排的",
    "arranged": "安排的",
    "allotted": "已下达",
    "not_allotted": "未下达",
    "started": "已开工",
    "not_started": "未动工",
    "completed": "已完工",
    "accepted": "已验收",
    "due": "有应下达资金",
    "funded": "有资金下达",
    "paid": "有资金拨付",
    "over": "超额下达",
}
MOVES = {
    "opening": "期初未动工",
    "arranged": "期间新安排",
    "allotted": "期间新下达",
    "started": "期间开工",
    "completed": "期间完工",
    "accepted": "期间验收",
}
"""What happened to a work in a period, and what of it had not been started when the period began."""
STAGES = {stage.value: label for stage, label in STANDING_LABELS.items()}
SORTS = {
    "number": "编号", "ledger": "台账序号", "programme": "专项", "place": "乡镇", "arranged": "安排",
    "allotted": "下达", "started": "开工", "completed": "完工", "investment": "投资", "finish": "计划完工",
    "department": "责任部门",
}  # fmt: skip
DIRECTED_SORTS = (*SORTS, *(f"-{name}" for name in SORTS))
DEFAULT_SORT = "number"


def year(value: str, today: date) -> str:
    """The year in which a project was arranged."""
    if len(value) != 4 or not (value.isascii() and value.isdigit()) or not 1950 <= int(value) <= today.year:
        raise ValueError(f"“{value[:30]}”不是年度，应如 {today.year}。")
    return value


@dataclass(frozen=True)
class ProjectFilter(Criteria):
    """As IssueFilter: codes or texts, "-" for none, "!" after a code of a tree for that member alone.

    ``unit`` is the department too, so that a tally by unit finds its list. ``basis`` changes nothing here:
    works have no second count; it is passed on. ``moved`` keeps works that moved from the day ``since`` to
    the end of ``as_of`` (projects.queries.moved)."""

    campaign: str = criterion("campaign", "工作", text)
    programme: str = criterion("programme", "专项", text)
    township: str = criterion("township", "乡镇", text)
    village: str = criterion("village", "村（社区）", text)
    department: str = criterion("department", "责任部门", text)
    unit: str = criterion("unit", "责任部门", text)
    counted_in: str = criterion("counted_in", "计量单位", text)
    as_of: date | None = criterion("as_of", "截至", past_day, None)
    basis: str = criterion("basis", "口径", one_of(BASES), "claimed")
    known_at: datetime | None = criterion("known_at", "知悉时间", instant, None)
    measure: str = criterion("measure", "只看", one_of(MEASURES))
    stage: str = criterion("stage", "环节", one_of(STAGES))
    late: str = criterion("late", "逾期", one_of(LATE))
    flag: str = criterion("flag", "标记", one_of(FLAGS))
    year: str = criterion("year", "年度", year)
    moved: str = criterion("moved", "期间", one_of(MOVES))
    since: date | None = criterion("from", "期间起", past_day, None)
    q: str = criterion("q", "搜索", text)
    sort: str = criterion("sort", "排序", one_of(DIRECTED_SORTS), DEFAULT_SORT)
    page: int = criterion("page", "页码", number, 1)

    @property
    def terms(self) -> tuple[str, ...]:
        """The words searched for; all of them have to occur."""
        return tuple(dict.fromkeys(self.q.split()))[:8]


@dataclass(frozen=True)
class OfCampaign(Criteria):
    """What belongs to campaigns, narrowed to one by its code."""

    campaign: str = criterion("campaign", "工作", text)
