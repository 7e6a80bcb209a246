"""`letters/`: what was signed, to whom, by when the reply is due, whether it came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from alerts.queries.letter_feed import letters_seen, page_of_letters
from alerts.queries.letters import filtered
from alerts.rules.letter_filters import KIND_WORDS, STATE_WORDS, LetterFilter
from alerts.rules.letters import UNSENT, LetterState
from rectify.lib import clock
from rectify.lib.keyset import CHANGED, WHOLE
from townships.api.asking import UPDATED_SINCE, asked, described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import day, maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission

LEFT_OUT = ("by", "page")
DRAFTS = {state.value for state in UNSENT}
STATES = [(state.value, state.label) for state in LetterState if state not in UNSENT]
VALUES = {
    "kind": KIND_WORDS,
    "state": {value: word for value, word in STATE_WORDS.items() if value not in DRAFTS},
}
FILTERS = [*described(LetterFilter, left_out=LEFT_OUT, values=VALUES), UPDATED_SINCE]


class LetterSerializer(serializers.Serializer[Any]):
    """一份已签发的函件。"""

    number = text("发文字号")
    campaign = text("工作代号")
    kind = serializers.ChoiceField(list(KIND_WORDS.items()), help_text="种类")
    kind_label = text("种类名称")
    title = text("标题")
    organ = text("发文机关")
    unit = text("主送单位")
    unit_code = text("主送单位代码")
    copied_to = serializers.ListField(child=serializers.CharField(), help_text="抄送单位代码")
    issues = serializers.ListField(child=serializers.CharField(), help_text="所列问题的编号，职责范围以内的")
    state = serializers.ChoiceField(STATES, help_text="状态")
    state_label = text("状态名称")
    signed_on = serializers.DateField(help_text="成文日期")
    reply_due_on = day("回复期限；不用回复为 null")
    overdue = serializers.BooleanField(help_text="回复逾期")
    received_at = serializers.DateTimeField(allow_null=True, help_text="签收时刻")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="办结时刻")
    recalls = maybe("撤回的函件；不是撤回函为 null")
    updated_at = serializers.DateTimeField(help_text="最近变动时刻")
    url = text("网页地址")


class LetterList(APIView):
    """The signed letters in the caller's sight."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="letters",
        tags=["函件"],
        summary="已签发的函件",
        description="提醒函、督办函、整改任务通知书等，县级看全部，单位看发给和抄送本单位的；草稿不在其中。",
        parameters=[*FILTERS, *PARAMETERS],
        responses=answers({200: page_of("LetterPage", LetterSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All of them that the filter finds, a page at a time."""
        with refusing():
            wanted, since = asked(LetterFilter, filter_given(request), left_out=LEFT_OUT, today=clock.today())
            found = filtered(letters_seen(request.user), wanted, request.user, clock.today()).order_by()
        order = WHOLE if since is None else CHANGED
        if since is not None:
            found = found.filter(updated_at__gte=since)
        page = page_asked(request.query_params, [int] if since is None else [datetime, int])
        told = page_of_letters(found, order, request.user, clock.today(), after=page.position, size=page.size)
        return page_answer(request, *told)
