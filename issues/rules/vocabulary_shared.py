"""Names and words that every vocabulary of ledgers shares: places and numbers, columns that hold no field."""

import re
from typing import Final

from rectify.lib.sheets.columns import Pattern, Strength

#: Columns that hold no field of ours whatever else their name says: contacts, papers, ratings, rechecks.
NEVER: Final = re.compile(
    r"电话|手机|联系方式|号码|身份证|证件|账号|账户|卡号|开户|银行|附件|照片|图片|"
    r"影像|视频|截图|材料|路径|链接|网址|依据|法规|条款|条文|率$|比例|占比|百分比|"
    r"评分|得分|扣分|分值|等级|级别|程度|风险|督导|复查|复核|回访|验收|审批|审核|"
    r"审查|申请|处罚|问责|追责|罚款|处分|经度|纬度|坐标|面积|年度$|年份|原因|建议|"
    r"满意|职务|性别|年龄|民族|整改前|跟踪|监督|签发|接收单位|甲方|乙方|施工|监理|"
    r"设计单位|类型标签|^是否(?!.{0,4}(完成|整改|销号|办结|化解|解决|到位|落实|"
    r"结案|闭环|完毕|消除|整治|治理|拆除|清零|达标|有效|属实))|整改类型|整改分类|"
    r"延期|签收|印发|累计"
)
FOREIGN: Final = re.compile(
    r"验收(?!.*销号)|复查|复核|督导|回访|抽查|处罚|问责|审批|审核|申请|回头看|"
    r"认定人"
)

_PERSONS = frozenset({"person", "leader", "household"})
_UNITS = frozenset(
    {"lead_unit", "responsible_units", "support_units", "department", "reported_by", "township", "village"}
)
_DATES = frozenset(
    {
        "deadline",
        "done_on",
        "found_on",
        "started_on",
        "completed_on",
        "planned_start",
        "planned_finish",
        "allotted_on",
        "arranged_on",
        "reported_on",
    }
)
_TEXTS = frozenset(
    {"description", "progress", "actions", "goal", "content", "problem", "note", "household", "name"}
)
GENERIC: Final = {
    **dict.fromkeys(("姓名", "人员", "个人"), _PERSONS),
    **dict.fromkeys(("名称", "单位名称", "部门名称", "全称"), _UNITS | {"name"}),
    **dict.fromkeys(("单位", "部门"), _UNITS),
    **dict.fromkeys(("时间", "日期", "年月日"), _DATES),
    **dict.fromkeys(("内容", "情况", "描述", "具体内容", "具体情况", "详情"), _TEXTS),
}

#: Names that mean the same in every kind of table.
PLACES: Final = {
    "number": "序号 编号 序 号 项次 NO NO. No No. 问题编号 问题顺序号 问题编码 问题序号 顺序号 台账编号 "
    "台账序号 隐患编号 案件编号 信访件编号 信访编号 受理编号 交办编号 件号 建议编号 提案编号 "
    "督办编号 事项编号 任务编号 线索编号 受理序号 图斑编号 点位编号 清单编号 问题号 建议号 "
    "提案号 交办序号 问题清单编号 整改编号 问题代码 工单编号 工单号 问题台账编号 交办单编号 案件号",
    "township": "乡镇 镇乡 所在乡镇 涉及乡镇 所属乡镇 属地 属地乡镇 乡镇街道 镇街 镇街道 "
    "街道 责任乡镇 镇 乡 所属镇 所在镇 乡镇名称 属地镇街 镇办 乡镇园区 所属街道 "
    "所在街道 乡镇办 镇乡街道 乡镇/街道 镇/街道 所在镇街 涉及镇街 所属镇街 "
    "属地街道 街镇 所在乡镇街道",
    "village": "村 村社区 所在村 涉及村 行政村 村居 社区 村/社区 村名 所属村 村委会 村级 村社 所在村社区 "
    "所属村社区 所在社区 涉及村社区 所属社区 行政村社区 村或社区",
    "place": "所在乡镇村 乡镇村 乡村 镇村 地点 具体地点 位置 具体位置 点位 地址 详细地址 问题地点 "
    "发生地点 隐患地点 隐患部位 隐患位置 所在位置 乡镇及村 乡镇和村 村组 问题点位 问题位置 "
    "点位地址 点位位置 具体点位 现场地址 乡镇村组 乡镇村社 镇村组 所属乡镇村 涉及乡镇村 乡镇/村 "
    "镇/村 所在地 所在地址 隐患点 案发地点 检查地点",
    "note": "备注 其他 其它 备注说明 其他说明 附注 备考",
}


def pattern(field: str, regex: str, strength: Strength = Strength.LIKELY) -> Pattern:
    """A pattern over the names joined with "|"."""
    return Pattern(field, re.compile(regex), strength)
