"""`reports/`: what a unit has done, sent by its own system, stored once however often it is sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from issues.queries.receipts import receipt_of
from issues.services.life import reports
from issues.services.workflow import Missing, Refused
from townships.access import allowed
from townships.api.problems import Refused as Refusal
from townships.api.schema import answers
from townships.rules.permissions import Permission


@extend_schema_field({"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$", "example": "3"})
class QuantityField(serializers.DecimalField):
    """A decimal, as text or as a number, up to a million million."""

    def __init__(self, help_text: str) -> None:
        super().__init__(max_digits=18, decimal_places=6, help_text=help_text)


class ReportSerializer(serializers.Serializer[Any]):
    """一次进展填报。"""

    issue = serializers.CharField(max_length=20, help_text="问题编号")
    client_id = serializers.UUIDField(help_text="贵系统为这次填报生成的编号；没有收到回执时用同一编号重发")
    quantity = QuantityField("新完成的数量，按问题的计量单位；只写进展时填 0")
    happened_on = serializers.DateField(help_text="完成日期")
    narrative = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, help_text="进展，一两句话"
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """A field that nobody reads would be acknowledged and lost."""
        strange = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if strange:
            raise serializers.ValidationError({str(name)[:40]: ["没有这个字段。"] for name in strange[:10]})
        return super().to_internal_value(data)


RECEIPT = inline_serializer("Receipt", {"receipt": serializers.CharField(help_text="回执编号")})


class ReportList(APIView):
    """A report sent by another system, under the same rules as the page's form."""

    # Who may report is the workflow's answer: a resent report gets its receipt before any other guard.
    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="report",
        tags=["进展"],
        summary="填报进展",
        description="同一 client_id、同样内容重发，答 200 和原来的回执；内容不同答 409。"
        "超过未整改数量、日期不合的答 422。",
        request=ReportSerializer,
        responses=answers({200: RECEIPT, 201: RECEIPT}, 400, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Store it; 201 with a receipt, 200 with the same one where it came before."""
        sent = ReportSerializer(data=request.data)
        if not sent.is_valid():
            _refuse_reused(request)
            raise serializers.ValidationError(sent.errors)
        given = dict(sent.validated_data)
        try:
            stored = reports.submit(request.user, given.pop("issue"), **given)
        except Missing as missing:
            raise Http404 from missing
        except Refused as refused:
            raise Refusal(_status(request, refused), refused.code, str(refused)) from refused
        status = HTTPStatus.CREATED if stored.is_new else HTTPStatus.OK
        return Response({"receipt": stored.report.receipt}, status)


def _refuse_reused(request: Request) -> None:
    """Nonsense under a ``client_id`` that was used is other content."""
    given = request.data.get("client_id") if isinstance(request.data, dict) else None
    try:
        client_id = UUID(given) if isinstance(given, str) else None
    except ValueError:
        client_id = None
    if client_id is not None and (receipt := receipt_of(request.user, client_id)):
        reused = reports.ClientIdTaken(receipt)
        raise Refusal(HTTPStatus.CONFLICT, reused.code, str(reused))


def _status(request: Request, refused: Refused) -> HTTPStatus:
    if isinstance(refused, reports.ClientIdTaken):
        return HTTPStatus.CONFLICT
    may_report = allowed(request.user, Permission.REPORT).ok
    return HTTPStatus.UNPROCESSABLE_ENTITY if may_report else HTTPStatus.FORBIDDEN
