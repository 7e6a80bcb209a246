"""Official documents: the page of GB/T 9704—2012, real styles, real tables, nothing that XML cannot hold."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from rectify.lib.official import Heading, Numbered, Paragraph, Part, Signature, TableOut, write_document


def made(*parts: Part) -> Any:
    content = write_document("关于整改情况的报告", parts, author="整改办何某某", made_at=datetime(2018, 6, 6))
    return Document(BytesIO(content))


def test_the_page_is_a4_with_the_margins_of_the_standard() -> None:
    section = made().sections[0]
    millimetres = [round(value.mm) for value in (section.page_width, section.page_height)]
    assert millimetres == [210, 297]
    sides = [getattr(section, f"{side}_margin").mm for side in ("top", "left", "bottom", "right")]
    assert [round(side) for side in sides] == [37, 28, 35, 26]


def test_body_and_title_have_their_fonts_for_chinese_characters() -> None:
    styles = made().styles
    for name, font, size in (
        ("Normal", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
    ):
        fonts = styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None
        assert styles[name].font.size.pt == size
        assert styles[name].element.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"


def test_first_lines_are_two_characters_in_for_word_and_for_others() -> None:
    indent = made().styles["Normal"].element.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert indent.get(qn("w:firstLine")) == "640"


def test_a_lacking_font_has_a_stand_in() -> None:
    content = write_document("x", [], author="x", made_at=datetime(2018, 6, 6))
    table = ZipFile(BytesIO(content)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in table


def test_a_table_repeats_its_head_splits_no_row_and_keeps_its_widths() -> None:
    told = TableOut([("序号", 16), ("问题", 140)], [["1", "超面积"], ["2", "未拆除"]], centred=frozenset({0}))
    (table,) = made(told).tables
    marks = [[one.tag for one in row._tr.trPr] for row in table.rows]
    assert qn("w:tblHeader") in marks[0]
    assert all(qn("w:cantSplit") in row for row in marks)
    assert qn("w:tblHeader") not in marks[1]
    assert [round(cell.width.mm) for cell in table.rows[2].cells] == [16, 140]
    assert [cell.text for cell in table.rows[2].cells] == ["2", "未拆除"]
    with pytest.raises(ValueError, match="wider than 156"):
        made(TableOut([("a", 100), ("b", 57)], []))


def test_parts_stand_in_real_styles_in_their_order() -> None:
    document = made(
        Paragraph("县整改办：", is_addressed=True), Heading("一、超面积"), Numbered("责任人", "唐某"),
        Paragraph("注", is_small=True), Signature(["甲镇", "2018年6月6日"]),
    )  # fmt: skip
    read = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert read == [
        ("Title", "关于整改情况的报告"), ("主送机关", "县整改办："), ("Heading 1", "一、超面积"),
        ("Normal", "责任人：唐某"), ("附注", "注"), ("落款", "甲镇"), ("落款", "2018年6月6日"),
    ]  # fmt: skip


def test_pages_are_numbered_at_the_outer_edge() -> None:
    document = made()
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer in (section.footer, section.even_page_footer):
        assert "PAGE" in footer.paragraphs[0]._p.xml
        assert footer.paragraphs[0].text.startswith("— ")


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert made(Paragraph("甲\x0b镇\x00\ufffe")).paragraphs[-1].text == "甲镇"
