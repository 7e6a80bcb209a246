"""人数 × 标准 against money issued: who was given too much, in order, on the page and the sheet alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from dashboards.rules.overissued import in_order, sentence, standard
from tests import factories as make
from townships.models import Unit, User

OVER = (("甲镇", "1210.8"), ("乙镇", "1789.1"), ("丙乡", "1561.9"))


def test_w016_the_most_comes_first_and_what_is_less_than_due_is_left_out() -> None:
    over = [(name, Decimal(amount)) for name, amount in OVER]
    ranked = in_order([*over, ("丁镇", Decimal(0)), ("戊镇", Decimal(-5))])
    assert [name for name, _ in ranked] == ["乙镇", "丙乡", "甲镇"]
    assert sentence([*over, ("丁镇", Decimal("2"))]) == (
        "4个乡镇超额下达，合计超4563.8万元，最多的3个依次是乙镇超1789.1万元、丙乡超1561.9万元、甲镇超1210.8万元。"
    )
    assert sentence([("丁镇", Decimal(2))]) == "1个乡镇超额下达，合计超2万元，为丁镇超2万元。"
    assert sentence([]) == ""
    assert standard(Decimal(100), Decimal(600)) == 6
    assert standard(None, Decimal(600)) is None


@pytest.fixture
def office(db: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    user = make.user("office", make.county())
    assert user.unit is not None
    moved = make.programme(make.campaign(user.unit), "P1", "搬迁资金")
    for name, amount in OVER:
        make.fund(
            moved, user, due="600", funded=str(600 + Decimal(amount)), people=Decimal(100),
            township=Unit.objects.get(name=name), on=date(2018, 5, 20),
        )  # fmt: skip
    return user


def test_page_and_sheet_name_them_in_order_with_people_and_standard(client: Client, office: User) -> None:
    client.force_login(office)
    html = unescape(client.get("/dashboard/funds/?measure=over").content.decode())
    assert html.index(">乙镇<") < html.index(">丙乡<") < html.index(">甲镇<")
    assert "最多的3个依次是乙镇超1789.1万元、丙乡超1561.9万元、甲镇超1210.8万元" in html
    assert ">6</td>" in html
    answer = client.get("/dashboard/funds/sheet/?measure=over")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[2] for row in rows if row[2] in ("甲镇", "乙镇", "丙乡")] == ["乙镇", "丙乡", "甲镇"]
    assert next(row for row in rows if row[0] == "合计")[-1] == pytest.approx(4561.8)
