"""Official documents as .docx and PDF, laid out as GB/T 9704—2012 asks; no room's words stand here."""

from rectify.lib.official.head import Letterhead, written_number
from rectify.lib.official.parts import (
    Appendix,
    Attachments,
    Bar,
    Bars,
    Heading,
    Issued,
    Numbered,
    Paragraph,
    Part,
    Signature,
    TableOut,
)
from rectify.lib.official.pdf import write_pdf
from rectify.lib.official.writer import write_document

__all__ = [
    "Appendix",
    "Attachments",
    "Bar",
    "Bars",
    "Heading",
    "Issued",
    "Letterhead",
    "Numbered",
    "Paragraph",
    "Part",
    "Signature",
    "TableOut",
    "write_document",
    "write_pdf",
    "written_number",
]
