"""Ledgers of other fields, in layouts nobody has shown before: safety, petitions, environment, audit, city, works."""

from datetime import date
from typing import Any

import pytest

from issues.rules.report import SheetReport
from tests.issues.sheet_building import names, read


def said(report: SheetReport) -> str:
    """The fields of the columns in order, "-" for none."""
    return " ".join(column.field or "-" for column in report.columns)


def test_a_ledger_of_safety_hazards() -> None:
    report = read(
        [
            ["某县安全生产大检查隐患排查整改台账"],
            ["填报单位：县安监局（盖章）", "", "", "", "截至日期：2018年5月20日"],
            names("序号 检查时间 被检查单位 所属乡镇 隐患部位 隐患内容 隐患类别 隐患等级 整改措施 整改资金（万元） 整改责任人 "
            "联系电话 整改时限 是否整改完成 复查时间 复查人"),
            [1, "2018.4.3", "某煤矿", "落卜镇", "主井口", "支护不到位", "顶板", "一般", "1.停产；2.加密支护", "3.5", "王某",
             "13800001111", "5月31日前", "是", "2018.5.10", "李某"],
            [2, date(2018, 4, 5), "某加油站", "江门镇", "卸油口", "未接地", "消防", "重大", "加装", "2000元", "赵某", "",
             "立行立改", "否", "", ""],
            ["注：重大隐患须单独建档。"],
            ["检查人员（签字）：", "", "", "被检查单位负责人（签字）："],
        ]
    )  # fmt: skip
    assert said(report) == (
        "number found_on - township place description category - actions - person - deadline done - -"
    )
    first, second = report.rows
    assert first.fields["actions"] == ["停产", "加密支护"]
    assert (first.fields["found_on"], first.fields["place"]) == (date(2018, 4, 3), "主井口")
    assert second.fields["done"] is False
    assert first.extra["复查时间"] == "2018.5.10"
    assert [skipped.why for skipped in report.skipped] == ["title", "note", "note", "footer"]


def test_a_list_of_hazards_under_supervision_with_two_levels() -> None:
    report = read(
        [
            ["附件2"],
            ["2018年度重大安全隐患挂牌督办清单"],
            [
                "序号",
                "隐患单位名称",
                "隐患基本情况",
                "",
                "",
                "整改落实情况",
                "",
                "",
                "挂牌督办单位",
                "整改期限",
                "验收销号情况",
                "",
            ],
            [
                "",
                "",
                "隐患名称",
                "隐患描述",
                "发现日期",
                "整改措施",
                "整改责任人",
                "整改进度",
                "",
                "",
                "是否销号",
                "销号日期",
            ],
            [
                1,
                "甲煤矿",
                "瓦斯超限",
                "监测失灵",
                "2018.3.1",
                "更换",
                "张某",
                "80%",
                "县安监局",
                "2018年7月底",
                "否",
                "",
            ],
            [
                2,
                "乙厂",
                "超量",
                "超储",
                "2018.3.5",
                "转移",
                "李某",
                "100%",
                "县安监局",
                "立即整改",
                "是",
                "2018.4.30",
            ],
        ],
        "A2:L2 C3:E3 F3:H3 A3:A4 B3:B4 I3:I4 J3:J4 K3:L3",
    )
    assert said(report) == (
        "number - description description found_on actions person progress - deadline done done_on"
    )
    assert report.title == "2018年度重大安全隐患挂牌督办清单"
    assert report.rows[0].fields["description"] == "瓦斯超限；监测失灵"
    assert [row.fields["done"] for row in report.rows] == [False, True]


def test_a_ledger_of_petitions() -> None:
    report = read(
        [
            ["2018年第二季度重点信访事项化解台账"],
            ["（截至5月20日）"],
            names("编号 信访人 信访人电话 所属乡镇村 信访事项 诉求类别 来访时间 包案领导 责任单位 具体责任人 化解措施 化解时限 "
            "目前化解情况 是否化解 稳控情况"),
            ["XF-001", "张三", "13812345678", "水尾镇西溪村二社", "征地补偿未兑现", "征地", "2018年3月2日", "李某某",
             "水尾镇人民政府、县国土局", "周某", "依法核实", "6月底前", "已核实", "未化解", "稳定"],
            ["XF-002", "某甲", "", "麻城镇", "拖欠工资", "劳资", "2018.4.1", "王某某", "县人社局（配合：县住建局、麻城镇）",
             "吴某", "约谈；支付", "3个月内", "支付80%", "已化解", ""],
        ]
    )  # fmt: skip
    assert said(report) == (
        "number - - place description category found_on leader responsible_units person actions deadline progress done -"
    )
    first, second = report.rows
    assert report.as_of == date(2018, 5, 20)
    assert (first.fields["township"], first.fields["village"], first.fields["place"]) == (
        "水尾镇",
        "西溪村",
        "二社",
    )
    assert second.fields["support_units"] == ["叙永县住房和城乡规划建设局", "麻城镇"]
    assert second.fields["done"] is True
    assert first.to_json()["extra"]["信访人"] == "张*"
    assert first.to_json()["extra"]["信访人电话"] == "138****5678"


def test_an_environment_list_with_a_header_of_three_levels() -> None:
    report = read(
        [
            ["某县贯彻落实省环境保护督察反馈意见整改任务清单"],
            ["序号", "反馈问题", "整改任务", "", "", "责任分工", "", "", "", "整改进展", "", "", "备注"],
            ["", "", "整改目标", "整改措施", "整改时限", "牵头领导", "责任单位", "", "", "工作进展", "整改状态", "完成情况", ""],
            ["", "", "", "", "", "", "牵头单位", "责任单位", "配合单位", "", "", "实际完成时间", ""],
            [1, "污水直排", "建成处理设施", "1.建站；2.配管", "2018年12月底前", "陈某", "县住建局", "各乡镇", "县环保局、县水务局",
             "开工12个", "达到序时进度", "", ""],
            [2, "粉尘污染", "规范", "关停", "2018年6月30日前", "刘某", "县国土局", "正东镇", "县环保局", "已取缔", "完成整改",
             "2018年5月2日", "已销号"],
        ],
        "A1:M1 A2:A4 B2:B4 C2:E2 C3:C4 D3:D4 E3:E4 F2:I2 F3:F4 G3:I3 J2:L2 J3:J4 K3:K4 M2:M4",
    )  # fmt: skip
    assert report.header_rows == (2, 3, 4)
    assert said(report) == (
        "number description goal actions deadline leader lead_unit responsible_units support_units progress "
        "state_text done_on note"
    )
    assert report.columns[6].column.path == ("责任分工", "责任单位", "牵头单位")
    first, second = report.rows
    assert len(first.fields["responsible_units"]) == 25
    assert "done" not in first.fields
    assert second.fields["done"] is True


def test_an_audit_with_several_measures_to_an_issue_in_yuan() -> None:
    report = read(
        [
            ["审计发现问题整改情况表"],
            ["审计报告文号：审报〔2018〕12号", "", "", "", "", "金额单位：元"],
            names(
                "序号 审计报告反映的主要问题 问题金额 整改措施 对应的完成时间 责任人 整改时限 整改责任单位 已整改金额 整改情况"
            ),
            [
                1,
                "专项资金滞留",
                "3,250,000.00",
                "清理账户",
                "2018-05-10",
                "甲",
                "2018年6月30日",
                "县财政局",
                "1250000",
                "正在整改",
            ],
            ["", "", "", "拨付到项目单位", "2018-06-20", "乙"],
            ["", "", "", "建立台账", "2018年6月底", "丙"],
            [2, "超范围列支", 86000, "退回原渠道", "5月底前", "丁", "5月底前", "县教育局", 86000, "已整改"],
        ],
        "A4:A6 B4:B6 C4:C6 G4:G6 H4:H6 I4:I6 J4:J6",
    )
    assert said(report) == (
        "number description amount actions - person deadline responsible_units done_amount state_text"
    )
    first, second = report.to_json()["rows"]
    assert first["rows"] == [4, 5, 6]
    assert first["fields"]["actions"] == ["清理账户", "拨付到项目单位", "建立台账"]
    assert (first["fields"]["amount"], first["fields"]["done_amount"]) == ("325", "125")
    assert first["extra"]["责任人"] == "乙；丙"
    assert (second["fields"]["amount"], second["fields"]["done"]) == ("8.6", True)


def test_a_city_patrol_with_photographs() -> None:
    report = read(
        [
            names("问题编号 巡查日期 网格 点位地址 问题描述 整改前照片 责任单位 处置时限 处置情况 整改后照片 是否办结 办结时间"),
            ["CG-1", "2018-05-01", "第3网格", "叙永镇东外社区和平路12号", "占道", "图1", "县住建局", "3个工作日内", "已劝离", "图2",
             "是", "2018-05-02"],
            ["CG-2", "2018-05-03", "第4网格", "某路口", "井盖缺失", "图3", "县住建局", "24小时内", "正在采购", "", "否", ""],
        ]
    )  # fmt: skip
    assert said(report) == (
        "number found_on - place description - responsible_units deadline progress - done done_on"
    )
    first, second = report.rows
    assert (first.fields["village"], first.fields["place"]) == ("东外社区", "和平路12号")
    assert second.fields["place"] == "某路口"
    assert "township" not in second.fields


def test_suggestions_of_the_people_s_congress() -> None:
    report = read(
        [
            ["县十八届人大三次会议代表建议办理情况表"],
            names("建议号 领衔代表 建议标题 建议内容 主办单位 协办单位 分管领导 经办人 办理期限 办理进展情况 办理结果 代表满意度"),
            ["第12号", "张代表", "关于公路养护的建议", "增加养护经费", "县交通局", "县财政局", "王某", "李某", "2018年8月31日前",
             "已面商", "正在解决（B类）", "满意"],
            ["第13号", "李代表", "关于规范校车的建议", "整治超载", "县教育局", "县公安局", "赵某", "钱某", "2018年8月31日前",
             "已答复", "已解决（A类）", "满意"],
        ]
    )  # fmt: skip
    assert said(report) == (
        "number source description description lead_unit support_units leader person deadline progress state_text -"
    )
    assert [row.fields["done"] for row in report.rows] == [False, True]
    assert report.rows[0].fields["lead_unit"] == "叙永县交通运输局"


def test_projects_of_another_county_in_another_order_in_hundreds_of_millions() -> None:
    report = read(
        [
            ["2018年重点项目建设推进情况一览表（5月）"],
            ["", "", "", "", "", "", "", "", "", "", "单位：亿元"],
            ["建设单位", "项目名称", "建设地点", "总投资", "项目进度", "", "", "计划竣工时间", "建设规模及内容", "存在的困难和问题",
             "项目负责人", "联系领导", "序号"],
            ["", "", "", "", "是否开工", "开工日期", "形象进度", "", "", "", "", "", ""],
            ["县交通局", "某公路", "分水镇", "1.2", "已开工", "2018年2月", "完成60%", "2019年12月", "12公里", "征地", "张某", "李县长", 1],
            ["县水务局", "某水库", "观兴镇", "35000万元", "未开工", "", "前期", "2020年", "120万方", "资金", "王某", "赵县长", 2],
        ],
        "A1:M1 A3:A4 B3:B4 C3:C4 D3:D4 E3:G3 H3:H4 I3:I4 J3:J4 K3:K4 L3:L4 M3:M4",
        name="重点项目",
    )  # fmt: skip
    assert report.kind == "projects"
    assert said(report) == (
        "department name township investment started started_on progress planned_finish content problem person leader number"
    )
    first, second = report.to_json()["rows"]
    assert (first["fields"]["investment"], second["fields"]["investment"]) == ("12000", "35000")
    assert (first["fields"]["started"], second["fields"]["started"]) == (True, False)
    assert first["fields"]["programme"] == "重点项目"


def test_waterworks_with_levels_for_money_and_years() -> None:
    report = read(
        [
            ["2018年水利工程建设进度表"],
            [
                "序号",
                "工程名称",
                "所在乡镇",
                "主要建设内容",
                "投资",
                "",
                "建设年限",
                "",
                "进度",
                "",
                "业主单位",
                "备注",
            ],
            ["", "", "", "", "总投资", "中央资金", "开工", "竣工", "完成投资", "形象进度", "", ""],
            [
                1,
                "水库除险加固",
                "白腊苗族乡",
                "大坝加固",
                1200,
                800,
                "2018.3",
                "2019.3",
                300,
                "25%",
                "县水务局",
                "",
            ],
            ["", "合计", "", "", 1200, 800, "", "", 300, "", "", ""],
        ],
        "A1:L1 A2:A3 B2:B3 C2:C3 D2:D3 E2:F2 G2:H2 I2:J2 K2:K3 L2:L3",
    )
    assert said(report) == (
        "number name township content investment - planned_start planned_finish - progress department note"
    )
    assert [skipped.why for skipped in report.skipped] == ["title", "subtotal"]


def test_leads_on_organised_crime() -> None:
    report = read(
        [
            ["扫黑除恶线索摸排台账"],
            names(
                "线索编号 移送单位 受理时间 线索主要内容 涉及乡镇 线索类别 核查单位 核查时限 核查结果 是否属实"
            ),
            [
                "A01",
                "县信访局",
                "4月2日",
                "强揽工程",
                "两河镇",
                "工程",
                "县公安局",
                "30日内",
                "不属实",
                "不属实",
            ],
            [
                "A02",
                "县纪委监委",
                "4月12日",
                "村霸",
                "赤水镇",
                "村霸",
                "县公安局",
                "60天",
                "正在核查",
                "核查中",
            ],
        ]
    )
    assert report.kind == "leads"
    assert said(report) == (
        "number reported_by reported_on description township category responsible_units deadline progress valid"
    )
    first, second = report.rows
    assert first.fields["valid"] is False
    assert "valid" not in second.fields
    assert first.fields["reported_on"] == date(2018, 4, 2)


def test_funds_in_yuan() -> None:
    report = read(
        [
            ["补助资金拨付情况核对表"],
            ["单位：元"],
            names("乡镇 核定人数 应拨付资金 已拨付资金 超拨资金 备注"),
            ["叙永镇", 120, 1200000, 1200000, 0, ""],
            ["江门镇", 80, 800000, 850000, 40000, ""],
            ["合计", 200, 2000000, 2050000, 40000, ""],
        ]
    )
    assert report.kind == "funds"
    assert said(report) == "township people due_amount funded_amount over_amount note"
    assert report.to_json()["rows"][1]["fields"]["funded_amount"] == "85"
    assert [(warning.row, warning.field) for warning in report.warnings] == [(5, "over_amount")]


def test_school_safety_where_schools_are_no_units() -> None:
    report = read(
        [
            names(
                "序号 学校名称 所在乡镇 隐患描述 风险等级 整治措施 责任领导 责任人 完成时限 整治进展 是否整治到位 销号时间"
            ),
            [1, "某小学", "天池镇", "围墙倾斜", "高", "重建", "校长", "甲", "暑假前", "已立项", "否", ""],
            [
                2,
                "某中学",
                "大石镇",
                "无水",
                "中",
                "检修",
                "校长",
                "乙",
                "即知即改",
                "已修复",
                "是",
                "2018/4/20",
            ],
        ]
    )
    assert (
        said(report) == "number - township description - actions leader person deadline progress done done_on"
    )
    assert not report.errors
    assert report.rows[0].extra["学校名称"] == "某小学"


def test_a_supervision_ledger_with_sections_and_a_count_at_the_end() -> None:
    report = read(
        [
            ["县政府常务会议议定事项督办台账（第3期）"],
            names("序 议定事项 责任县领导 牵头单位 配合单位 完成时限 工作进展 完成情况 督查意见"),
            ["一、重点项目（2项）"],
            [1, "加快土地收储", "李某", "县国土局", "县财政局", "6月底", "已收储200亩", "未完成", "加快"],
            [2, "办理不动产证", "王某", "县国土局", "", "长期坚持", "推进", "阶段性完成", ""],
            ["二、民生工作"],
            [3, "推进厕改", "赵某", "县卫计局", "各乡镇", "10月底前", "完成120户", "正在推进", ""],
            ["", "小计3项"],
        ],
        "A3:I3 A6:I6",
    )
    assert said(report) == "number description leader lead_unit support_units deadline progress state_text -"
    assert [row.fields["category"] for row in report.rows] == ["重点项目", "重点项目", "民生工作"]
    assert [skipped.why for skipped in report.skipped] == ["title", "section", "section", "subtotal"]


def test_a_text_file_with_two_header_rows_and_no_merges() -> None:
    report = read(
        [
            ["某督查组反馈问题清单"],
            ["序号", "问题基本情况", "", "", "整改责任", "", "整改时限", "整改情况", "", "备注"],
            ["", "类别", "具体问题", "涉及户数", "责任单位", "责任人", "", "进展", "是否完成", ""],
            [1, "住房", "漏雨", "3户", "县住建局", "甲", "6月底", "已修2户", "否", ""],
        ]
    )
    assert report.header_rows == (2, 3)
    assert said(report) == (
        "number category description quantity responsible_units person deadline progress done note"
    )


def test_a_column_headed_unit_with_townships_only_is_the_township() -> None:
    report = read(
        [
            ["单位", "存在问题", "整改措施", "完成时间", "责任人"],
            ["叙永镇", "档案不齐", "补齐", "5月底前", "甲"],
            ["江门镇", "公示不及时", "补充公示", "立行立改", "乙"],
        ]
    )
    assert said(report) == "township description actions deadline person"


def test_a_column_headed_unit_with_departments_answers_for_the_issue() -> None:
    report = read([["单位", "存在问题", "整改措施"], ["县住建局", "漏", "补"], ["大石镇", "裂", "修"]])
    assert said(report) == "responsible_units description actions"


def test_ticks_under_kinds_of_problems_name_the_category() -> None:
    report = read(
        [
            ["序号", "乡镇", "村", "户主姓名", "问题类型", "", "", "整改方式", "是否整改"],
            ["", "", "", "", "未入住", "未拆旧", "质量问题", "", ""],
            [1, "分水镇", "路井村", "张某", "√", "", "", "动员入住", "否"],
            [2, "分水镇", "路井村", "李某", "", "√", "√", "拆旧", "是"],
        ],
        "A1:A2 B1:B2 C1:C2 D1:D2 E1:G1 H1:H2 I1:I2",
    )
    assert said(report) == "number township village household category category category actions done"
    assert [row.fields["category"] for row in report.rows] == ["未入住", "未拆旧、质量问题"]


def test_a_table_without_any_header_is_read_by_what_its_cells_hold() -> None:
    report = read(
        [
            [1, "大石镇", "屋面漏雨严重未及时维修", "县住建局", "6月底前", "否"],
            [2, "麻城镇", "饮水管网破损多处未修复", "县水务局", "7月底前", "是"],
            [3, "江门镇", "村道塌方长期无人清理处置", "县交通局", "立行立改", "否"],
        ]
    )
    assert said(report) == "number township description responsible_units deadline done"
    assert report.header_rows == ()
    assert report.first_data_row == 1


def test_a_hotline_with_days_of_work() -> None:
    report = read(
        [
            names(
                "工单编号 来电时间 诉求人 诉求类型 诉求内容 承办单位 办理期限 办理状态 办理结果 是否解决 满意度"
            ),
            [
                "G1",
                "2018-05-01 10:20",
                "张某",
                "咨询",
                "小区停水三天",
                "县水务局",
                "5个工作日",
                "已办结",
                "恢复供水",
                "已解决",
                "满意",
            ],
            [
                "G2",
                "2018-05-03 09:00",
                "李某",
                "投诉",
                "夜间施工噪音",
                "县环保局",
                "5个工作日",
                "办理中",
                "",
                "未解决",
                "",
            ],
        ]
    )
    assert said(report) == (
        "number found_on - category description responsible_units deadline state_text progress done -"
    )
    assert [row.fields["done"] for row in report.rows] == [True, False]


@pytest.mark.parametrize(
    ("title", "header", "row"),
    [
        (
            "各乡镇问题整改情况统计表",
            "序号 乡镇 问题总数 已整改 未整改 整改率",
            [1, "叙永镇", 12, 10, 2, "83%"],
        ),
        ("信访件办理情况", "责任单位 信访件总数 已办结 办理中 办结率", ["县住建局", 12, 8, 4, "67%"]),
        ("隐患排查汇总表", "乡镇 排查企业数 一般隐患数 重大隐患数 已整改数", ["叙永镇", 30, 12, 1, 9]),
        ("项目开工统计", "乡镇 项目数 开工数 完工数 开工率", ["叙永镇", 30, 12, 1, "40%"]),
    ],
)
def test_a_table_of_counts_is_no_list(title: str, header: str, row: list[Any]) -> None:
    report = read([[title], names(header), row, [row[0], "江门镇", *row[2:]]])
    assert report.kind == "skipped"
    assert "统计表" in report.why


def test_a_cover_an_empty_sheet_and_a_note_are_skipped_with_a_reason() -> None:
    for rows in ([], [["某县整改办"], ["二〇一八年五月"]], [["填表说明"], ["1.逐级填报"], ["2.如实填报"]]):
        report = read(rows)
        assert report.kind == "skipped"
        assert report.why
        assert report.to_json()["rows"] == []


def test_a_heading_that_names_a_township_places_the_rows_under_it() -> None:
    report = read([names("序号 村 户主 存在问题"), ["一、龙凤镇（1户）"], [1, "双桥村", "张某", "漏雨"]])
    (row,) = report.rows
    assert (row.fields["township"], row.fields["village"], row.fields["category"]) == (
        "龙凤镇",
        "双桥村",
        "龙凤镇",
    )


def test_a_sheet_named_after_a_township_places_its_rows() -> None:
    report = read([names("序号 村 户主 存在问题"), [1, "双桥村", "张某", "漏雨"]], name="麻城镇")
    (row,) = report.rows
    assert (row.fields["township"], row.fields["village"]) == ("麻城镇", "双桥村")


def test_a_last_header_row_of_units_belongs_to_the_names_above_it() -> None:
    header = [["序号", "乡镇", "存在问题", "数量", "涉及金额", "整改时限"], ["", "", "", "（户）", "元", ""]]
    report = read([*header, [1, "大石镇", "漏雨", 3, 31000, "6月底"]], "A1:A2 B1:B2 C1:C2 F1:F2")
    assert report.header_rows == (1, 2)
    assert said(report) == "number township description quantity amount deadline"
    (row,) = report.to_json()["rows"]
    assert (row["fields"]["quantity"], row["fields"]["counted_in"], row["fields"]["amount"]) == (
        "3",
        "户",
        "3.1",
    )


def test_a_unit_of_money_may_stand_at_the_end_of_a_name() -> None:
    report = read([names("序号 存在问题 涉及金额元"), [1, "超支", 31000]])
    assert report.to_json()["rows"][0]["fields"]["amount"] == "3.1"
