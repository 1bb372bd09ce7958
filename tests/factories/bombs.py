"""Small files that are large inside."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{TYPE}package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}officedocument.spreadsheetml.sheet.main+xml"/>'
    f'<Override PartName="/xl/sheet.xml" ContentType="{TYPE}officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r" Type="{LINKS}/worksheet" Target="sheet.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
    '<sheets><sheet name="elements" sheetId="1" r:id="r"/></sheets></workbook>',
}
CELL, WORD = "<c><v>1</v></c>", '<c t="inlineStr"><is><t>{}</t></is></c>'


def merge_bomb(depth: int = 19, first: str = "{}") -> bytes:
    """YAML of less than 700 bytes: each map takes over the one before three times, the first is empty."""
    lines = [f"a: &a0 {first}"]
    lines += [f"{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 3)}]}}" for i in range(1, depth + 1)]
    return "\n".join(lines).encode()


def sheet_bomb(rows: int = 19_000, columns: int = 310) -> bytes:
    """A workbook of a quarter of a megabyte with six million cells."""
    head = f"<row>{WORD.format('id')}{WORD.format('type')}</row>"
    body = f"<row>{CELL * columns}</row>" * rows
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{head}{body}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**PARTS, "xl/sheet.xml": sheet}.items():
            packed.writestr(name, f'<?xml version="1.0"?>{content}')
    return file.getvalue()
