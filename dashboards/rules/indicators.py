"""The registry of indicators (口径): how every figure is counted, once, for page, command, sheet and API."""

from __future__ import annotations

from dataclasses import dataclass, replace

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Indicator:
    """How one figure is counted. ``measure`` is the list's filter that proves it: the items where that
    measure is above 0 sum to the figure; empty where the figure is derived from others."""

    code: str
    name: str
    of: str
    formula: str
    numerator: str = ""
    denominator: str = ""
    left_out: str = ""
    basis: str = "上报口径和核实口径相同"
    source: str = "流水"
    measure: str = ""
    version: str = VERSION

    @property
    def anchor(self) -> str:
        """The fragment of the definitions page where this indicator stands."""
        return f"{self.of}-{self.code}"

    @property
    def is_rate(self) -> bool:
        return bool(self.denominator)


BY_BASIS = "上报口径按自报完成计，核实口径按核实认定计"
LEFT_OUT_ROWS = "台账中因有错误而留下、尚未补录也未注明不入库的行数"
NOT_COUNTED = "撤回的导入、待处理的行（未入库）不计"

ISSUE_INDICATORS = (
    Indicator(
        "total",
        "应整改",
        "issues",
        "截至日列入数之和（Σ列入）",
        left_out=f"调出不从应整改中减去，另列；{NOT_COUNTED}",
        measure="found",
    ),
    Indicator(
        "items",
        "问题件数",
        "issues",
        "截至日列入数大于 0 的问题件数",
        left_out=NOT_COUNTED,
        measure="items",
    ),
    Indicator(
        "removed",
        "调出",
        "issues",
        "截至日调出数之和（有理由、有文号、经第二人复核，没有整改而离开清单）",
        measure="removed",
    ),
    Indicator(
        "claimed",
        "上报整改",
        "issues",
        "截至日责任单位自报完成数之和，核减的已减去",
        basis="上报口径",
        measure="claimed",
    ),
    Indicator(
        "confirmed",
        "核实整改",
        "issues",
        "截至日核查认定确已整改的数量之和",
        basis="核实口径",
        left_out="只凭自报、没有核查的不计",
        measure="confirmed",
    ),
    Indicator(
        "left",
        "未整改",
        "issues",
        "应整改 − 调出 − 已整改；包括未说明",
        basis=BY_BASIS,
        measure="left",
    ),
    Indicator(
        "stated_left",
        "明确未整改",
        "issues",
        "未整改 − 未说明",
        basis=BY_BASIS,
        left_out="台账和单位都没有说明情况的不计",
        measure="stated_left",
    ),
    Indicator(
        "unstated",
        "未说明",
        "issues",
        "截至日台账和责任单位都没有说明是否整改的数量",
        left_out="不当作未整改，也不当作已整改",
        measure="unstated",
    ),
    Indicator(
        "unverified",
        "未核实",
        "issues",
        "上报整改 − 核实整改",
        basis="上报口径与核实口径之差",
        measure="unverified",
    ),
    Indicator(
        "overdue",
        "逾期",
        "issues",
        "到期日早于截至日而仍未整改的数量；立行立改的到期日为列入日加清单规定天数（默认 15 天）",
        basis=BY_BASIS,
        left_out="长期坚持没有到期日，不计；时限未定、时限待确认的另列，不算按期",
        measure="overdue",
    ),
    Indicator(
        "undetermined",
        "时限未定",
        "issues",
        "没有写明时限或时限无法识别而仍未整改的数量",
        basis=BY_BASIS,
        left_out="不计入逾期，也不算按期",
        measure="undetermined",
    ),
    Indicator(
        "unconfirmed",
        "时限待确认",
        "issues",
        "时限由系统推断、尚待人工确认而仍未整改的数量",
        basis=BY_BASIS,
        left_out="不计入逾期，也不算按期",
        measure="unconfirmed",
    ),
    Indicator("closed", "已销号", "issues", "截至日已签字销号的问题件数", measure="closed"),
    Indicator(
        "amount",
        "涉及金额",
        "issues",
        "截至日列入问题所涉金额之和（万元）",
        left_out="没有写明金额的问题不计",
        measure="amount",
    ),
    Indicator(
        "amount_done",
        "已整改金额",
        "issues",
        "截至日已整改部分的金额之和（万元）",
        basis=BY_BASIS,
        measure="amount_done",
    ),
    Indicator(
        "amount_left",
        "未整改金额",
        "issues",
        "涉及金额 − 调出金额 − 已整改金额（万元）",
        basis=BY_BASIS,
        measure="amount_left",
    ),
    Indicator(
        "claimed_rate",
        "上报完成率",
        "issues",
        "上报整改 ÷ 应整改",
        "上报整改（Σ自报完成）",
        "应整改（Σ列入）",
        left_out="基本完成、阶段性完成不算完成；调出不从分母中减去",
        basis="上报口径",
    ),
    Indicator(
        "confirmed_rate",
        "核实完成率",
        "issues",
        "核实整改 ÷ 应整改",
        "核实整改（Σ核实认定）",
        "应整改（Σ列入）",
        left_out="只凭自报、没有核查的不算完成；调出不从分母中减去",
        basis="核实口径",
    ),
    Indicator(
        "cut_rate",
        "核减率",
        "issues",
        "核减 ÷ 核查数量",
        "核减（核查后从自报完成中收回的数量）",
        "核查数量（截至日各次核查的数量之和）",
        left_out="没有核查的自报完成不计；同一数量核查两次计两次",
        basis="上报口径和核实口径相同",
        source="核查记录",
    ),
    Indicator(
        "pace",
        "序时进度",
        "issues",
        "设有节点目标的，按截至日前后两个节点之间的天数比例计算应完成的比例；"
        "没有节点的，为已过天数 ÷ 总天数。"
        "完成率以应整改 − 调出为分母，与序时进度之差为超前或滞后的百分点",
        basis=BY_BASIS,
        left_out="没有起止日期又没有节点的常年工作不计算",
        source="工作的起止日期、节点目标",
    ),
    Indicator(
        "left_over_time",
        "还剩多少",
        "issues",
        "每天（或每旬末）终了时的未整改，两个口径各一条线",
        basis="上报口径、核实口径分别列出",
        left_out="第一笔记录以前没有数字",
    ),
    Indicator("closed_rate", "销号率", "issues", "已销号件数 ÷ 问题件数", "已销号件数", "问题件数"),
    Indicator(
        "worst",
        "其中最多",
        "issues",
        "前一数字（未整改）中最多的乡镇；并列的一并列出",
        "该乡镇未整改",
        "同一行未整改合计",
        left_out="没有写明乡镇的不参加比较",
        basis=BY_BASIS,
        source="同一行数字按乡镇分开",
    ),
    Indicator(
        "pending_rows",
        "未入库行数",
        "issues",
        LEFT_OUT_ROWS,
        left_out="行内容未经识别，因此只按清单区分，不按类别、乡镇区分",
        source="导入记录",
    ),
)

WORKS = (
    Indicator(
        "arranged",
        "安排",
        "projects",
        "截至日安排数之和（Σ安排）",
        left_out=NOT_COUNTED,
        measure="arranged",
    ),
    Indicator(
        "items",
        "项目件数",
        "projects",
        "截至日安排数大于 0 的项目件数；资金一栏为有资金记录的件数",
        left_out=NOT_COUNTED,
        measure="items",
    ),
    Indicator(
        "allotted",
        "下达",
        "projects",
        "截至日已下达数之和；台账没有“是否下达”一栏的，安排即下达",
        measure="allotted",
    ),
    Indicator("not_allotted", "未下达", "projects", "安排 − 下达", measure="not_allotted"),
    Indicator("started", "开工", "projects", "截至日已开工数之和", measure="started"),
    Indicator(
        "not_started",
        "未动工",
        "projects",
        "下达 − 开工",
        left_out="未下达的项目既不算开工也不算未动工",
        measure="not_started",
    ),
    Indicator("completed", "完工", "projects", "截至日已完工数之和", measure="completed"),
    Indicator("accepted", "验收", "projects", "截至日已验收数之和", measure="accepted"),
    Indicator(
        "due", "应下达资金", "projects", "按标准应下达的资金之和（万元），如人数 × 标准", measure="due"
    ),
    Indicator("funded", "资金下达", "projects", "截至日已下达资金之和（万元）", measure="funded"),
    Indicator("paid", "资金拨付", "projects", "截至日已拨付资金之和（万元）", measure="paid"),
    Indicator(
        "over",
        "超额下达",
        "projects",
        "每一项 max(0，资金下达 − 应下达资金) 之和（万元）",
        left_out="下达少于应下达的，不与超额相抵；项目没有写明应下达资金的，没有标准可超，不算超额",
        measure="over",
    ),
    Indicator(
        "pace",
        "序时进度",
        "projects",
        "设有节点目标的，按截至日前后两个节点之间的天数比例计算应完成的比例；"
        "没有节点的，为已过天数 ÷ 总天数。"
        "与开工率之差为超前或滞后的百分点",
        left_out="没有起止日期又没有节点的常年工作不计算",
        source="工作的起止日期、节点目标",
    ),
    Indicator(
        "left_over_time",
        "还剩多少",
        "projects",
        "每天（或每旬末）终了时的未动工；资金一栏为已下达未拨付",
        left_out="第一笔记录以前没有数字",
    ),
    Indicator("started_rate", "开工率", "projects", "开工 ÷ 安排", "开工", "安排（含未下达）"),
    Indicator("not_started_rate", "未动工率", "projects", "未动工 ÷ 安排", "未动工", "安排（含未下达）"),
    Indicator("completed_rate", "完工率", "projects", "完工 ÷ 安排", "完工", "安排（含未下达）"),
    Indicator(
        "worst",
        "其中最多",
        "projects",
        "未动工（资金一栏为超额下达）最多的乡镇；并列的一并列出",
        "该乡镇未动工",
        "同一行未动工合计",
        left_out="没有写明乡镇的不参加比较",
        source="同一行数字按乡镇分开",
    ),
    Indicator("pending_rows", "未入库行数", "projects", LEFT_OUT_ROWS, source="导入记录"),
)

PROJECT_INDICATORS = tuple(replace(indicator, basis="不分口径") for indicator in WORKS)

INDICATORS: dict[tuple[str, str], Indicator] = {
    (indicator.of, indicator.code): indicator for indicator in (*ISSUE_INDICATORS, *PROJECT_INDICATORS)
}


def indicator(of: str, code: str) -> Indicator:
    """The indicator ``code`` of issues or projects; KeyError when there is none."""
    return INDICATORS[of, code]
