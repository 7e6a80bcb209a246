"""The fields of an issue as the API's description names them; issues.queries.feed fills them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from issues.rules.filters import DEADLINE_CLASSES
from issues.rules.stages import State, UnitRole
from rectify.lib.lights import LEVELS
from townships.api.fields import QuantityField, day, maybe, text

STATES = [(state.value, state.label) for state in State if state is not State.WITHDRAWN]
LIGHTS = list(LEVELS.items())


class DeadlineSerializer(serializers.Serializer[Any]):
    """时限，同导入报告。"""

    raw = text("原文")
    due_on = day("到期日")
    long = serializers.BooleanField(help_text="长期坚持")
    confidence = serializers.ChoiceField(["certain", "confirm"], help_text="confirm：待人确认")

    def get_fields(self) -> dict[str, serializers.Field]:
        """`class` is no name for an attribute."""
        kind = serializers.ChoiceField(list(DEADLINE_CLASSES.items()), help_text="时限类别")
        return {**super().get_fields(), "class": kind}


class PastDeadlineSerializer(DeadlineSerializer):
    """用过的时限。"""

    from_on = serializers.DateField(help_text="起")
    until_on = serializers.DateField(help_text="止，不含当天")


class ResponsibleUnitSerializer(serializers.Serializer[Any]):
    """一个单位及其性质；系统外单位没有代码。"""

    unit = text("单位")
    unit_code = maybe("单位代码")
    role = serializers.ChoiceField([(role.value, role.label) for role in UnitRole], help_text="性质")


class ActionSerializer(serializers.Serializer[Any]):
    """一条整改措施。"""

    text = text("措施")
    due_on = day("期限")
    done_on = day("完成日期")


class IssueSerializer(serializers.Serializer[Any]):
    """一个问题；个人信息已遮盖。"""

    number = text("编号")
    ledger_number = text("台账序号")
    campaign = text("工作代号")
    list = text("清单代码")
    list_title = text("清单名称")
    category = maybe("类别，完整路径以“ / ”相连")
    category_code = maybe("类别代码")
    township = maybe("乡镇")
    township_code = maybe("乡镇代码")
    village = maybe("村（社区）")
    village_code = maybe("村（社区）代码")
    place = text("地点")
    description = text("问题")
    source = text("来源")
    source_doc = text("文号")
    unit = maybe("计入的责任单位：牵头单位，否则第一责任单位")
    unit_code = maybe("计入的责任单位代码")
    lead_unit = maybe("牵头单位")
    lead_unit_code = maybe("牵头单位代码")
    responsible_units = ResponsibleUnitSerializer(many=True, help_text="牵头、责任、配合单位")
    counted_in = text("计量单位")
    quantity = QuantityField("列入数量")
    removed = QuantityField("调出")
    claimed = QuantityField("自报完成")
    confirmed = QuantityField("核实认定")
    left = QuantityField("未整改，按 basis 的口径")
    amount = QuantityField("涉及金额（万元）")
    state = serializers.ChoiceField(STATES, help_text="状态")
    state_label = text("状态名称")
    deadline = DeadlineSerializer()
    light = serializers.ChoiceField(LIGHTS, allow_null=True, help_text="灯色；已整改完为 null")
    light_label = maybe("灯色说明")
    found_on = serializers.DateField(help_text="发现日期")
    stated_on = day("最早说明日；null 为未说明")
    last_word_on = day("最近说明日")
    closed_on = day("销号日期")
    version = serializers.IntegerField(help_text="版本")
    updated_at = serializers.DateTimeField(help_text="最近变动时刻")
    url = text("网页地址")


class IssueDetailSerializer(IssueSerializer):
    """一个问题的全部内容。"""

    section = text("分节")
    goal = text("整改目标")
    progress = text("进展")
    state_text = text("状态（原文）")
    recognised = text("认定整改情况")
    note = text("备注")
    actions = ActionSerializer(many=True, help_text="整改措施")
    past_deadlines = PastDeadlineSerializer(many=True, help_text="用过的时限")
