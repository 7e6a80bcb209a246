"""`bulletins/` and `bulletins/<id>/`: what was signed, with the hashes of its files and its snapshot."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.models import Bulletin
from dashboards.models.bulletins import BASES, FORMATS
from dashboards.queries.bulletin_feed import bulletin_record, page_of_bulletins
from dashboards.rules.bulletins import KIND_LABELS
from projects.rules.filters import OfCampaign
from rectify.lib import clock
from townships.api.asking import described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission

FILTERS = [*described(OfCampaign), *PARAMETERS]


class BulletinFileSerializer(serializers.Serializer[Any]):
    """定稿的文件；以后每次下载都是同样的字节。"""

    format = serializers.ChoiceField(FORMATS)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="文件的 SHA-256")
    size = serializers.IntegerField(help_text="字节数")
    url = text("网页下载地址")


class BulletinSerializer(serializers.Serializer[Any]):
    """一份已签发的通报。"""

    id = serializers.IntegerField(help_text="编号，用在地址中")
    campaign = text("工作代号")
    kind = serializers.ChoiceField([(kind.value, label) for kind, label in KIND_LABELS.items()])
    kind_label = text("种类")
    period = text("期间")
    first_on = serializers.DateField(help_text="起始日")
    last_on = serializers.DateField(help_text="截至日")
    basis = serializers.ChoiceField(BASES, help_text="口径")
    topic = text("专题")
    title = text("标题")
    organ = text("发文机关标志")
    number = text("发文字号")
    signed_on = serializers.DateField(help_text="成文日期")
    signed_at = serializers.DateTimeField(help_text="签发时刻")
    known_at = serializers.DateTimeField(help_text="数字按此刻以前登记的记录统计")
    corrects = maybe("更正的通报的文号")
    corrected_by = maybe("已由此文号更正，以该件为准")
    files = BulletinFileSerializer(many=True)
    version = serializers.IntegerField(help_text="版本")
    updated_at = serializers.DateTimeField(help_text="最近变动时刻")
    url = text("网页地址")


class BulletinDetailSerializer(BulletinSerializer):
    """一份已签发的通报和它的快照。"""

    snapshot = serializers.DictField(
        help_text="快照：issues、projects 下是取数时的汇总，结构同 tallies/；previous 是上期末的；"
        "signed_before（上期末有已签发通报的）是那份通报的文号和当时的合计；"
        "rule 是排位次的规则，unreported 是到期没有报送的单位"
    )


class Bulletins(APIView):
    """Signed bulletins of the caller's campaigns."""

    needs = Permission.SEE_DASHBOARD

    @extend_schema(
        operation_id="bulletins",
        tags=["通报"],
        summary="已签发的通报",
        description="本单位参加的工作中已签发的通报；草稿不在其中。",
        parameters=FILTERS,
        responses=answers({200: page_of("BulletinPage", BulletinSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All of them, a page at a time."""
        with refusing():
            wanted = OfCampaign.from_params(filter_given(request), today=clock.today())
        page = page_asked(request.query_params, [int])
        seen = Bulletin.objects.visible_to(request.user)
        if wanted.campaign:
            seen = seen.filter(campaign__code=wanted.campaign)
        return page_answer(request, *page_of_bulletins(seen, after=page.position, size=page.size))


class BulletinDetail(APIView):
    """One signed bulletin."""

    needs = Permission.SEE_DASHBOARD

    @extend_schema(
        operation_id="bulletin",
        tags=["通报"],
        summary="一份通报",
        description="连同取数时的快照。",
        responses=answers({200: BulletinDetailSerializer, **UNCHANGED}),
    )
    @unless_changed
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One bulletin; of drafts and others' there is none."""
        record = bulletin_record(Bulletin.objects.visible_to(request.user), pk)
        if record is None:
            raise Http404
        return Response(record)
