"""What the fields of each kind of row are called on pages, in the order a select offers them."""

from __future__ import annotations

from typing import Final

from issues.rules.report import Kind

KEPT_AS_WRITTEN: Final = "不识别（保留原文）"
_PLACES: Final = {"number": "序号", "township": "乡镇", "village": "村（社区）", "place": "地点"}

FIELD_LABELS: Final[dict[Kind, dict[str, str]]] = {
    Kind.ISSUES: {
        **_PLACES,
        "category": "问题类别",
        "description": "具体问题",
        "household": "户主",
        "quantity": "数量",
        "done_quantity": "已整改数量",
        "remaining_quantity": "未整改数量（核对用）",
        "amount": "涉及金额",
        "done_amount": "已整改金额",
        "found_on": "发现时间",
        "source": "问题来源",
        "source_doc": "文号",
        "goal": "整改目标",
        "actions": "整改措施",
        "lead_unit": "牵头单位",
        "responsible_units": "责任单位",
        "support_units": "配合单位",
        "leader": "责任领导",
        "person": "责任人",
        "deadline": "整改时限",
        "deadline_long": "是否长期坚持",
        "progress": "整改进展",
        "state_text": "整改状态",
        "done": "是否完成",
        "done_on": "完成时间",
        "recognised": "认定情况",
        "recognised_amount": "认定金额",
        "note": "备注",
    },
    Kind.PROJECTS: {
        **_PLACES,
        "programme": "专项（项目类别）",
        "name": "项目名称",
        "content": "建设内容",
        "quantity": "数量",
        "investment": "投资",
        "department": "责任部门",
        "leader": "责任领导",
        "person": "责任人",
        "arranged_on": "安排时间",
        "allotted": "是否下达",
        "allotted_on": "下达时间",
        "planned_start": "计划开工",
        "planned_finish": "计划完工",
        "started": "是否开工",
        "started_on": "开工时间",
        "started_quantity": "已开工数量",
        "completed": "是否完工",
        "completed_on": "完工时间",
        "completed_quantity": "已完工数量",
        "progress": "进展",
        "problem": "存在问题",
        "note": "备注",
    },
    Kind.LEADS: {
        **_PLACES,
        "source": "线索来源",
        "reported_by": "报送单位",
        "reported_on": "报送时间",
        "category": "问题类型",
        "description": "线索内容",
        "valid": "是否有效",
        "responsible_units": "承办单位",
        "deadline": "办理时限",
        "progress": "办理情况",
        "note": "备注",
    },
    Kind.FUNDS: {
        "number": "序号",
        "township": "乡镇",
        "people": "人数",
        "due_amount": "应下达",
        "funded_amount": "实际下达",
        "over_amount": "超额下达（核对用）",
        "note": "备注",
    },
    Kind.SKIPPED: {},
}
#: Words for what a stored item holds beside the fields of a row.
_STORED: Final = {
    "units": "责任单位",
    "extra": "其他栏目",
    "section": "分节",
    "stated_on": "是否完成",
    "start_raw": "计划开工",
    "finish_raw": "计划完工",
    "ahead": "先行动工",
    "project": "解决项目",
    "deadline_raw": "时限",
    "reported_by_text": "报送单位",
    "responsible_text": "承办单位",
}
#: Written together with another field that is shown.
UNSHOWN: Final = frozenset(
    f"{step}_{part}" for step in ("start", "finish") for part in ("due_on", "class", "confirmed")
) | {"deadline_class", "due_on", "deadline_confirmed"}


def label_of(kind: Kind, name: str) -> str:
    """The word for a field of a row, or for a field of a stored item."""
    return FIELD_LABELS[kind].get(name) or _STORED.get(name, name)
