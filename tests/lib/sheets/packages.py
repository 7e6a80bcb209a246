"""Workbooks built by hand, part by part, so that a test can put anything at all into them."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
ROOT = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
LINKS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
)


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    """The XML of a worksheet with these rows."""
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def shared_strings(items: str) -> str:
    """The XML of the shared strings with these items."""
    return f'{HEAD}<sst xmlns="{MAIN}">{items}</sst>'


def styles(formats: Mapping[int, str], cells: tuple[int, ...]) -> str:
    """The XML of the styles: own number formats, and the number format of each cell style."""
    own = "".join(f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in formats.items())
    used = "".join(f'<xf numFmtId="{key}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for key in cells)
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><fonts><font/></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill></fills>'
        f"<borders><border/></borders><cellStyleXfs>{plain}</cellStyleXfs><cellXfs>{used}</cellXfs></styleSheet>"
    )


def workbook(properties: str = "", state: str = "visible") -> str:
    """The XML of a workbook with one sheet named 台账."""
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f'<sheets><sheet name="台账" sheetId="1" state="{state}" r:id="rId1"/></sheets></workbook>'
    )


def package(sheet: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """An .xlsx file: this sheet, and these parts instead of or beside the usual ones."""
    every: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": shared_strings(""),
        "xl/styles.xml": styles({}, (0,)),
        **(parts or {}),
    }
    return zipped(every)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
