"""红头, 版记 and what stands below the text, as .docx and as PDF (GB/T 9704—2012)."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import typst
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from rectify.lib.clock import BEIJING
from rectify.lib.official import (
    Attachments,
    Bar,
    Bars,
    Heading,
    Issued,
    Letterhead,
    Paragraph,
    Part,
    TableOut,
    fonts,
    write_document,
    write_pdf,
    written_number,
)
from rectify.lib.official.head import indents

AT = datetime(2018, 6, 6, 9, tzinfo=BEIJING)
FILE = Letterhead(
    "某县整改办公室文件", "某整改办〔2018〕3号", copied_to=["县委办公室", "县政府办公室"], printed_by="某县整改办公室",
    printed_on="2018年6月6日",
)  # fmt: skip
LETTER = Letterhead("某县整改办公室", "某整改办函〔2018〕7号", is_letter=True, copied_to=["县纪委监委机关"])
MILLIMETRES = 72 / 25.4


def docx(*parts: Part, head: Letterhead | None = FILE) -> Any:
    return Document(BytesIO(write_document("通报", parts, author="办公室", made_at=AT, head=head)))


def pdf(*parts: Part, head: Letterhead | None = FILE) -> PdfReader:
    return PdfReader(BytesIO(write_pdf("通报", parts, author="办公室", made_at=AT, head=head)))


def placed(page: Any) -> dict[str, tuple[float, float]]:
    """Where each run of text of a page begins: millimetres from the left and of its base line from the top."""
    found: dict[str, tuple[float, float]] = {}

    def note(text: str, turn: list[float], matrix: list[float], *_: Any) -> None:
        x = matrix[4] * turn[0] + matrix[5] * turn[2] + turn[4]
        y = matrix[4] * turn[1] + matrix[5] * turn[3] + turn[5]
        if text.strip():
            found.setdefault(text.strip(), (x / MILLIMETRES, 297 - y / MILLIMETRES))

    page.extract_text(visitor_text=note)
    return found


def test_the_number_is_written_with_its_full_year_and_no_zeros() -> None:
    assert written_number("某整改办", 2018, 3) == "某整改办〔2018〕3号"


def test_the_day_stands_four_characters_in_and_the_name_above_its_middle() -> None:
    assert indents("某县政府", "2018年6月6日") == (4 + (6 - 4) / 2, 4)
    assert indents("某某县整改工作领导小组办公室", "2018年6月6日") == (0, 4)


def test_a_long_mark_shrinks_to_its_line_but_not_to_the_size_of_a_title() -> None:
    assert Letterhead("某县人民政府").mark_size == 48
    assert Letterhead("某" * 13).mark_size == 34
    assert Letterhead("某" * 40).mark_size == 26


def test_a_document_of_an_office_has_red_head_number_title_and_imprint_in_styles() -> None:
    document = docx(Paragraph("各乡镇：", is_addressed=True), Issued("某县整改办公室", "2018年6月6日"))
    read = [(one.style.name, one.text.strip()) for one in document.paragraphs if one.text.strip()]
    assert read == [
        ("发文机关标志", "某县整改办公室文件"), ("发文字号", "某整改办〔2018〕3号"), ("Title", "通报"),
        ("主送机关", "各乡镇："), ("成文日期", "某县整改办公室"), ("成文日期", "2018年6月6日"),
        ("版记", "抄送：县委办公室，县政府办公室。"), ("版记", "某县整改办公室\t2018年6月6日印发"),
    ]  # fmt: skip
    mark, number, title, *_ = document.paragraphs
    assert str(document.styles["发文机关标志"].font.color.rgb) == "FF0000"
    assert round(mark.paragraph_format.space_before.mm) == 35
    assert number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "FF0000"
    assert round(title.paragraph_format.space_before.pt) == 58


def test_the_imprint_stands_at_the_foot_of_the_last_page() -> None:
    framed = [one for one in docx().paragraphs if one.style.name == "版记"]
    for paragraph in framed:
        frame = paragraph._p.pPr.find(qn("w:framePr"))
        assert (frame.get(qn("w:vAnchor")), frame.get(qn("w:yAlign"))) == ("margin", "bottom")
        assert paragraph._p.pPr.find(qn("w:pBdr")).find(qn("w:top")).get(qn("w:sz")) == "8"
    last = pdf(*[Paragraph("一段文字。" * 40)] * 8).pages[-1]
    (_, y) = next(place for text, place in placed(last).items() if text.startswith("某县整改办公室"))
    assert 254 < y < 262


def test_what_goes_upward_names_its_signer() -> None:
    head = Letterhead("某县人民政府文件", "某府发〔2018〕12号", signer="何某某")
    assert "　某府发〔2018〕12号\t签发人：何某某" in [one.text for one in docx(head=head).paragraphs]
    assert "签发人：何某某" in pdf(head=head).pages[0].extract_text()


def test_a_letter_has_no_number_on_its_first_page_no_printer_and_no_lines_in_its_imprint() -> None:
    document = docx(head=LETTER)
    assert document.sections[0].different_first_page_header_footer
    assert "PAGE" not in document.sections[0].first_page_footer.paragraphs[0]._p.xml
    (copied,) = (one for one in document.paragraphs if one.style.name == "版记")
    assert copied._p.pPr.find(qn("w:pBdr")) is None
    read = pdf(*[Paragraph("一段文字。" * 40)] * 6, head=LETTER)
    numbers = ["—" in page.extract_text() for page in read.pages]
    assert numbers == [False] + [True] * (len(numbers) - 1)
    assert len(numbers) > 1


def test_the_pdf_stands_on_the_page_of_the_standard_to_the_millimetre() -> None:
    """7.2.4: mark 35 mm below the type area's top (72 mm), 10.1: a letter's 30 mm below the page's top."""
    page = pdf(Paragraph("各乡镇：", is_addressed=True)).pages[0]
    assert [round(float(side) / MILLIMETRES) for side in page.mediabox[2:]] == [210, 297]
    found = placed(page)
    assert found["各乡镇："][0] == pytest.approx(28, abs=0.5)
    size = 49 / MILLIMETRES * 0.9
    assert found["某县整改办公室文件"][1] == pytest.approx(72 + size, abs=1.5)
    letter = placed(pdf(head=LETTER).pages[0])
    assert letter["某县整改办公室"][1] == pytest.approx(30 + size, abs=1.5)


def test_odd_pages_carry_their_number_at_the_right_even_ones_at_the_left() -> None:
    pages = pdf(*[Paragraph("一段文字。" * 40)] * 8, head=None).pages
    first, second = (
        next(at for text, at in placed(pages[n]).items() if text.startswith("—")) for n in (0, 1)
    )
    assert first[0] > 160
    assert second[0] == pytest.approx(28 + 14 / MILLIMETRES, abs=1)
    assert first[1] == pytest.approx(262 + 7, abs=2.5)


def test_pdf_and_docx_are_the_same_bytes_for_the_same_words() -> None:
    parts = [Paragraph("甲"), TableOut([("乡镇", 40)], [["甲镇"]])]
    for write in (write_pdf, write_document):
        first, second = (write("通报", parts, author="x", made_at=AT, head=FILE) for _ in range(2))
        assert first == second


def test_what_a_person_wrote_is_never_read_as_markup() -> None:
    words = '#read("/etc/passwd") *粗* $x$ @ref \\u{41} "引" #import "@preview/a:1.0.0"'
    assert words.replace(" ", "") in pdf(Paragraph(words)).pages[0].extract_text().replace("\n", "").replace(
        " ", ""
    )


def test_the_pdf_embeds_its_fonts_and_is_archival() -> None:
    content = write_pdf("通报", [Paragraph("甲镇")], author="x", made_at=AT, head=FILE)
    assert b"pdfaid" in content
    used = [
        font.get("/Font", font)
        for font in PdfReader(BytesIO(content)).pages[0]["/Resources"]["/Font"].values()
    ]
    for font in used:
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in described or "/FontFile3" in described


@pytest.mark.parametrize("paths", [[str(fonts.SHIPPED / one) for one in fonts.WEIGHTS], []])
def test_a_missing_font_breaks_no_document(monkeypatch: pytest.MonkeyPatch, paths: list[str]) -> None:
    """With the shipped face alone it reads as ever; with none at all there is still a document."""
    machine = typst.Fonts(include_system_fonts=False, font_paths=paths)
    monkeypatch.setattr(fonts, "found", lambda: machine)
    monkeypatch.setattr(fonts, "stacks", fonts.stacks.__wrapped__)
    (page,) = pdf(Paragraph("甲镇"), Heading("一、总体情况")).pages
    assert ("总体情况" in page.extract_text()) == bool(paths)


def test_a_character_that_no_font_has_breaks_no_document() -> None:
    (page,) = pdf(Paragraph("人名\ue123某")).pages
    assert "人名" in page.extract_text()


def test_a_table_in_a_pdf_repeats_its_head_and_leaves_no_row_alone() -> None:
    for count in range(20, 44):
        table = TableOut(
            [("序号", 20), ("乡镇", 60)], [[str(n), f"甲{n}镇"] for n in range(count)], caption="表1"
        )
        pages = [page.extract_text() for page in pdf(table, head=None).pages]
        rows = [sum(f"甲{n}镇" in page for n in range(count)) for page in pages]
        assert sum(rows) >= count
        assert all("乡镇" in page for page in pages)
        assert min(rows) >= 2


def test_bars_carry_their_figures_in_both() -> None:
    bars = Bars("未整改最多", [Bar("甲镇", "12户", 1.0), Bar("乙镇", "0户", 0)])
    (table,) = docx(bars).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["甲镇", "", "12户"],
        ["乙镇", "", "0户"],
    ]
    shaded = [row.cells[1].paragraphs[0]._p.pPr.find(qn("w:shd")) is not None for row in table.rows]
    assert shaded == [True, False]
    assert "12户" in pdf(bars).pages[0].extract_text()


def test_attachments_are_listed_and_the_signature_keeps_the_words_before_it() -> None:
    parts = (
        Paragraph("特此通报。"),
        Attachments(["明细表", "未动工清单"]),
        Issued("某县整改办公室", "2018年6月6日"),
    )
    document = docx(*parts)
    texts = [one.text for one in document.paragraphs]
    assert "附件：1.明细表" in texts
    assert "　　　2.未动工清单" in texts
    kept = {one.text for one in document.paragraphs if one.paragraph_format.keep_with_next}
    assert {"特此通报。", "附件：1.明细表", "　　　2.未动工清单", "某县整改办公室"} <= kept
    filled = [Paragraph("一段文字。" * 13)] * 8
    for count in range(1, 9):
        last = pdf(*filled[:count], *parts, head=None).pages[-1].extract_text()
        assert "特此通报" in last
        assert "2018年6月6日" in last


def test_one_table_wider_than_the_page_is_refused_in_both() -> None:
    for write in (write_pdf, write_document):
        with pytest.raises(ValueError, match="wider than 156"):
            write("x", [TableOut([("a", 100), ("b", 57)], [])], author="x", made_at=AT)
