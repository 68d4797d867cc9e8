"""The tables of our documents. Each function draws one, with the template's fields in its cells."""

from collections.abc import Callable, Sequence

from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches, Pt, RGBColor
from docx.table import Table, _Cell, _Row

from .typesetting import STYLES, TEXT_WIDTH, rule

Column = tuple[str, float, str]
HEAD_FILL, LINE = "E8EDF4", "C3C8CE"
# The sealing room finds these words and puts a box of 222 by 52 points below them.
ANCHOR = "[[sign:{party}]]"
BOX_HEIGHT = 52


def title(document: Document) -> None:
    document.add_paragraph("{{ title }}", "Title")
    line = document.add_paragraph("{{ district.name }} and {{ vendor.name }}", "Under Title")
    rule(line, "bottom")


def _table(document: Document, widths: Sequence[float], rows: int) -> Table:
    table = document.add_table(rows, len(widths))
    table.autofit = False
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table._tbl.tblPr.insert_element_before(
        parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>"),
        "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook",
    )  # fmt: skip
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for row in table.rows:
        _keep_whole(row)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Inches(width)
    return table


def _keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _write(cell: _Cell, text: str, *, style: str = "Cell") -> None:
    cell.paragraphs[0].style = style
    run = cell.paragraphs[0].add_run(text)
    if style == "Cell Head":
        _shade(cell)
    elif style != "Cell":
        run.font.size = Pt(STYLES[style][0])


def _shade(cell: _Cell) -> None:
    fill = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/>'
    cell._tc.get_or_add_tcPr().append(parse_xml(fill))


def _after(document: Document) -> None:
    """Word needs a paragraph between a table and the next one; it carries the space."""
    layout = document.add_paragraph(style="Control").paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(9)


def _repeating(document: Document, listed: str, columns: Sequence[Column]) -> None:
    """A heading row that repeats on each page, and one row for each entry of the list."""
    table = _table(document, [width for _, width, _ in columns], 4)
    head, start, body, end = table.rows
    head._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell, (name, _, _) in zip(head.cells, columns, strict=True):
        _write(cell, name, style="Cell Head")
    _write(start.cells[0], f"{{%tr for row in {listed} %}}")
    for cell, (_, _, field) in zip(body.cells, columns, strict=True):
        _write(cell, f"{{{{ row.{field} }}}}", style="Code" if field == "sha256" else "Cell")
    _write(end.cells[0], "{%tr endfor %}")
    _after(document)


def _labelled(
    document: Document, rows: Sequence[tuple[str, ...]], widths: Sequence[float]
) -> Table:
    table = _table(document, widths, len(rows))
    for row, texts in zip(table.rows, rows, strict=True):
        for n, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _write(cell, text, style="Cell" if n else "Cell Head")
    _after(document)
    return table


def parties(document: Document) -> None:
    heads = ("The District", "The Provider")
    labels = (("Name", "name"), ("Address", "address"), ("Contact", "contact_name"))
    reach = (("E-mail", "contact_email"), ("Telephone", "contact_phone"))
    rows = [
        (label, f"{{{{ district.{field} }}}}", f"{{{{ vendor.{field} }}}}")
        for label, field in (*labels, *reach)
    ]
    table = _labelled(document, [("", *heads), *rows], (1.1, 2.7, 2.7))
    for cell in table.rows[0].cells[1:]:
        cell.paragraphs[0].style = "Cell Head"
        _shade(cell)


def definitions(document: Document, terms: Sequence[str]) -> None:
    rows = [tuple(part.strip() for part in term.split("|")) for term in terms]
    _labelled(document, rows, (1.4, 5.1))


def products(document: Document) -> None:
    columns = [("Product", 1.9, "name"), ("Web address", 1.9, "website")]
    _repeating(document, "products", [*columns, ("What it is used for", 2.7, "description")])


def subprocessors(document: Document) -> None:
    columns = [("Company", 2.2, "name"), ("What it does", 2.6, "service")]
    _repeating(document, "subprocessors", [*columns, ("Place", 1.7, "place")])


def schedule(document: Document) -> None:
    columns: list[Column] = [
        ("Category", 1.35, "category"),
        ("Element", 1.75, "element"),
        ("Collected", 0.75, "collected"),
        ("Purpose", 1.8, "purpose"),
        ("Need", 0.85, "need"),
    ]
    _repeating(document, "schedule", columns)


def frameworks(document: Document) -> None:
    columns: list[Column] = [("Framework", 5.4, "name"), ("Followed", 1.1, "followed")]
    _repeating(document, "security.frameworks", columns)


def disposition(document: Document) -> None:
    rows = [
        ("Agreement", "{{ code }}"),
        ("Extent", "All Student Data, or only this:"),
        ("What to do", "Destroy, or return to the District first and then destroy. Return to:"),
        ("By when", "As soon as the Services allow, or by this date:"),
        ("Directed by", "Name, title, signature and date for the District:"),
        ("Done", "What was done, by what method, by whom, and the date it was complete:"),
        ("Subprocessors", "Each one confirmed the same on:"),
        ("Certified by", "Name, title, signature and date for the Provider:"),
    ]
    table = _labelled(document, rows, (1.4, 5.1))
    for row in table.rows[1:]:
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Inches(0.42)


def signatures(document: Document) -> None:
    # Never a page of bare signatures: the last clauses come along to the next page.
    lead = document.add_paragraph("The parties sign this agreement:", "Plain")
    for paragraph in document.paragraphs[-3:]:
        paragraph.paragraph_format.keep_with_next = True
    lead.paragraph_format.space_before = Pt(12)
    half = TEXT_WIDTH / 2
    table = _table(document, (half, half), 1)
    sides = (("vendor", "For the Provider"), ("district", "For the District"))
    for cell, (party, heading) in zip(table.rows[0].cells, sides, strict=True):
        _signature(cell, party, heading)
    _after(document)


def _signature(cell: _Cell, party: str, heading: str) -> None:
    _write(cell, heading)
    cell.paragraphs[0].runs[0].bold = True
    cell.add_paragraph(f"{{{{ {party}.name }}}}", "Cell").paragraph_format.space_after = Pt(4)
    anchor = cell.add_paragraph(style="Fine")
    run = anchor.add_run(ANCHOR.format(party=party))
    run.font.size, run.font.color.rgb = Pt(4), RGBColor(0xFF, 0xFF, 0xFF)
    anchor.paragraph_format.space_after = Pt(BOX_HEIGHT + 2)
    below = cell.add_paragraph(style="Fine")
    below.add_run("Signature").font.size = Pt(STYLES["Fine"][0])
    rule(below, "top")
    signer = f"{party}.signer"
    for label, text in (
        ("Name", f"{{{{ {signer}.name }}}}"),
        ("Title", f"{{{{ {signer}.title }}}}"),
        ("Date", "as stated in the signature above"),
    ):
        cell.add_paragraph(f"{label}: {text}", "Cell")


def agreement(document: Document) -> None:
    rows = [
        ("Agreement", "{{ agreement }}"),
        ("Code", "{{ code }}"),
        ("District", "{{ district.name }}"),
        ("Provider", "{{ vendor.name }}"),
        ("Completed", "{{ completed_at }}"),
    ]
    _labelled(document, rows, (1.4, 5.1))


def documents(document: Document) -> None:
    columns: list[Column] = [("File", 1.9, "name"), ("Fingerprint (SHA-256)", 4.6, "sha256")]
    _repeating(document, "documents", columns)


def signer(document: Document) -> None:
    rows = [
        ("{{ signer.role }}", "{{ signer.name }}, {{ signer.title }}"),
        ("E-mail", "{{ signer.email }}"),
        ("Came by", "{{ signer.method }}"),
        ("Consented", "{{ signer.consented_at }}"),
        ("Signed", "{{ signer.signed_at }}"),
        ("Network", "{{ signer.network }}"),
    ]
    _labelled(document, rows, (1.4, 5.1))


TABLES: dict[str, Callable[[Document], None]] = {
    table.__name__: table
    for table in (
        title, parties, signatures, products, subprocessors, schedule,
        disposition, frameworks, agreement, documents, signer,
    )
}  # fmt: skip
