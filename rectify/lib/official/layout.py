"""The page, the fonts and the styles of GB/T 9704—2012, as python-docx takes them."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from rectify.lib.official.head import RED

PAGE = (210, 297)
MARGINS = {"top": 37, "left": 28, "bottom": 35, "right": 26}
"""Millimetres: 天头, 订口 and what the type area of 156 × 225 leaves (5.1, 5.2.1)."""
LINE = Pt(28.95)
"""22 lines of 3号 on 225 mm (5.2.4)."""
THREE, TWO, FOUR, SMALL, FIVE = Pt(16), Pt(22), Pt(14), Pt(12), Pt(10.5)
"""3号, 2号, 4号, 小四号, 五号."""
BODY, TITLE, FIRST, SECOND, PLAIN = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
ALTERNATIVES = {BODY: "仿宋", TITLE: "宋体", SECOND: "楷体"}
"""What stands in where a machine lacks the font (fontTable.xml, w:altName)."""
ADDRESSED, CELL, REMARK, SIGNED, NUMBER = "主送机关", "表格文字", "附注", "落款", "页码"
ATTACHED, ISSUED, CAPTION, TOTAL = "附件说明", "成文日期", "表题", "表格合计"
DENSE, DENSE_TOTAL = "表格文字五号", "表格合计五号"
MARK, REFERENCE, IMPRINT = "发文机关标志", "发文字号", "版记"
APPENDIX = "附件标识"


def lay_out(document: Document) -> None:
    """Set page, styles, fonts and page numbers of an empty document."""
    _page(document)
    _fonts(document)
    _styles(document)
    _page_numbers(document)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    for side, millimetres in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(millimetres))
    section.footer_distance = Mm(MARGINS["bottom"] - 7 - FOUR.mm / 2)  # a dash 7 mm below the type area (7.5)


def _styles(document: Document) -> None:
    normal = document.styles["Normal"]
    _put(normal, BODY, THREE)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = LINE
    normal.paragraph_format.widow_control = True
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    indent(normal, 2, THREE)
    title = _style(document, "Title", TITLE, TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.space_after = LINE
    title.paragraph_format.line_spacing = Pt(34)
    for name, font in (("Heading 1", FIRST), ("Heading 2", SECOND)):
        heading = _style(document, name, font, THREE, chars=2)
        heading.paragraph_format.keep_with_next = True
    _style(document, ADDRESSED, BODY, THREE)
    _style(document, ATTACHED, BODY, THREE)
    _style(document, APPENDIX, FIRST, THREE).paragraph_format.keep_with_next = True
    _style(
        document, SIGNED, BODY, THREE, align=WD_ALIGN_PARAGRAPH.RIGHT
    ).paragraph_format.keep_together = True
    _style(document, ISSUED, BODY, THREE, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _style(document, NUMBER, PLAIN, FOUR).paragraph_format.line_spacing = FOUR
    _table_styles(document)
    _head_styles(document)


def _table_styles(document: Document) -> None:
    for name, font in ((CELL, BODY), (TOTAL, FIRST)):
        _style(document, name, font, SMALL).paragraph_format.line_spacing = Pt(18)
    for name, font in ((DENSE, BODY), (DENSE_TOTAL, FIRST)):
        _style(document, name, font, FIVE).paragraph_format.line_spacing = Pt(15)
    _style(document, REMARK, BODY, SMALL).paragraph_format.line_spacing = Pt(20)
    caption = _style(document, CAPTION, FIRST, FOUR, align=WD_ALIGN_PARAGRAPH.CENTER)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(6), Pt(3)
    caption.paragraph_format.line_spacing = Pt(24)
    caption.paragraph_format.keep_with_next = True


def _head_styles(document: Document) -> None:
    mark = _style(document, MARK, TITLE, TWO, align=WD_ALIGN_PARAGRAPH.CENTER)
    mark.font.color.rgb = RGBColor.from_string(RED)
    _style(document, REFERENCE, BODY, THREE, align=WD_ALIGN_PARAGRAPH.CENTER)
    imprint = _style(document, IMPRINT, BODY, FOUR)
    imprint.paragraph_format.line_spacing = Pt(26)


def _style(
    document: Document,
    name: str,
    font: str,
    size: Pt,
    *,
    chars: int = 0,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> ParagraphStyle:
    styles = document.styles
    known = {one.name for one in styles}
    style: Any = styles[name] if name in known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    _put(style, font, size)
    style.paragraph_format.alignment = align
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    indent(style, chars, size)
    found: ParagraphStyle = style
    return found


def _put(style: Any, font: str, size: Pt) -> None:
    """Font, size, black, language: for Chinese and for Latin characters alike."""
    style.font.name, style.font.size = LATIN, size
    style.font.bold = style.font.italic = False
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    for old in properties.findall(qn("w:color")):
        properties.remove(old)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")  # of Latin characters: as Chinese, numbers would be broken anywhere
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    border = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        border.getparent().remove(border)


def indent(style: Any, chars: int, size: Pt) -> None:
    """First lines are ``chars`` characters in: as characters for Word, as a length for others."""
    style.paragraph_format.first_line_indent = Pt(size.pt * chars)
    style.element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), str(chars * 100))


def _fonts(document: Document) -> None:
    """Name the fonts and what replaces them."""
    part: Any = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(_font(name) for name in (BODY, TITLE, FIRST, SECOND, PLAIN))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    part._blob = f'{head}<w:fonts xmlns:w="{nsmap["w"]}">{fonts}</w:fonts>'.encode()


def _font(name: str) -> str:
    family = "swiss" if name == FIRST else "roman"
    other = f'<w:altName w:val="{ALTERNATIVES[name]}"/>' if name in ALTERNATIVES else ""
    return f'<w:font w:name="{name}">{other}<w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'


def _page_numbers(document: Document) -> None:
    """— 1 —, on odd pages at the right, on even ones at the left, a character from the edge (7.5)."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, align in sides:
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles[NUMBER]
        paragraph.alignment = align
        edge = "right_indent" if align is WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
        setattr(paragraph.paragraph_format, edge, FOUR)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" —")


def hide_first_page_number(document: Document) -> None:
    """A letter's first page carries none (10.1)."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_footer.is_linked_to_previous = False
    section.first_page_footer.paragraphs[0].style = document.styles[NUMBER]


def _field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()._r
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run.append(mark)
