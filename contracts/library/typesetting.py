"""How a document of ours looks: page, type, numbers, header and footer.

Only constructs that dxpdf sets right are used (no caps, no text boxes, no style-linked lists), and
only the fonts that the USWDS package carries.
"""

from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Inches, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

BODY, DISPLAY, CODE = "Public Sans", "Merriweather", "Roboto Mono"
INK, NAVY, GRAY = RGBColor(0x1B, 0x1B, 0x1B), RGBColor(0x16, 0x2E, 0x51), RGBColor(0x56, 0x5C, 0x65)
TEXT_WIDTH, CELL_SIZE = 6.5, 8.5
EXHIBITS = "ABCDEFG"
# Style: size, space before, space after, left indent, first line (points), bold, family, color.
STYLES = {
    "Title": (22, 0, 2, 0, 0, True, DISPLAY, NAVY),
    "Under Title": (10.5, 0, 10, 0, 0, False, BODY, GRAY),
    "Article": (12, 14, 4, 28, -28, True, DISPLAY, NAVY),
    "Exhibit": (15, 20, 6, 0, 0, True, DISPLAY, NAVY),
    "Section": (11, 8, 3, 0, 0, True, DISPLAY, NAVY),
    "Clause": (9.5, 2, 4, 28, -28, False, BODY, INK),
    "Item": (9.5, 0, 3, 48, -20, False, BODY, INK),
    "Bullet": (9.5, 0, 3, 14, -14, False, BODY, INK),
    "Plain": (9.5, 0, 6, 0, 0, False, BODY, INK),
    "Control": (9.5, 0, 0, 0, 0, False, BODY, GRAY),
    "Cell": (CELL_SIZE, 1.5, 1.5, 0, 0, False, BODY, INK),
    "Cell Head": (CELL_SIZE, 1.5, 1.5, 0, 0, True, BODY, NAVY),
    "Code": (7.5, 2.5, 1.5, 0, 0, False, CODE, INK),
    "Fine": (7.5, 0, 0, 0, 0, False, BODY, GRAY),
}
STYLE_OF = {
    "article": "Article",
    "clause": "Clause",
    "item": "Item",
    "plain": "Plain",
    "heading": "Section",
    "bullet": "Bullet",
    "control": "Control",
}


def new_document(title: str) -> Document:
    document = docx.Document()
    _defaults(document)
    for name in STYLES:
        _style(document, name)
    _compatibility(document)
    _numbers(document)
    _page(document)
    _margins_text(document, title)
    _properties(document, title)
    return document


def _defaults(document: Document) -> None:
    fonts = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    _family(fonts, BODY)
    # In a table dxpdf takes the document's own size over a style's: make it the size of a cell.
    for size in ("w:sz", "w:szCs"):
        fonts.getparent().find(qn(size)).set(qn("w:val"), str(int(CELL_SIZE * 2)))
    document.styles["Normal"].font.size = Pt(9.5)
    _family(document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts(), BODY)


def _compatibility(document: Document) -> None:
    """The rules of Word 2013 and later, not those of the default template's Word 2010."""
    compat = document.settings.element.find(qn("w:compat"))
    for child in list(compat):
        if child.tag == qn("w:useFELayout"):
            compat.remove(child)
        elif child.get(qn("w:name")) == "compatibilityMode":
            child.set(qn("w:val"), "15")


def _family(fonts: BaseOxmlElement, family: str) -> None:
    # A theme font would win over the name beside it.
    fonts.attrib.clear()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), family)


def _style(document: Document, name: str) -> None:
    size, before, after, left, first, bold, family, color = STYLES[name]
    known = [style.name for style in document.styles]
    if name in known:
        document.styles[name].element.getparent().remove(document.styles[name].element)
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)  # noqa: S101  # add_style returns what was asked for
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, color
    _family(style.element.get_or_add_rPr().get_or_add_rFonts(), family)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.left_indent, layout.first_line_indent = Pt(left), Pt(first)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.14
    layout.widow_control = True
    if name in ("Article", "Exhibit", "Section"):
        layout.keep_with_next = True
        level = parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="0"/>')
        style.element.get_or_add_pPr().append(level)


def _level(number: int, kind: str, label: str, left: int, hanging: int, bold: bool) -> str:
    weight = "<w:b/>" if bold else '<w:b w:val="0"/>'
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{label}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:tabs><w:tab w:val="num" w:pos="{left * 20}"/></w:tabs>'
        f'<w:ind w:left="{left * 20}" w:hanging="{hanging * 20}"/></w:pPr>'
        f"<w:rPr>{weight}</w:rPr></w:lvl>"
    )


def _numbers(document: Document) -> None:
    """List 1 numbers articles and clauses; 2 is for bullets; then one list for each exhibit."""
    lists = [
        _level(0, "decimal", "%1.", 28, 28, True)
        + _level(1, "decimal", "%1.%2", 28, 28, False)
        + _level(2, "lowerLetter", "(%3)", 48, 20, False),
        _level(0, "bullet", "•", 14, 14, False),
    ]
    for letter in EXHIBITS:
        head = _level(0, "decimal", f"{letter}.%1", 28, 28, False)
        lists.append(head + _level(1, "lowerLetter", "(%2)", 48, 20, False))
    numbering = document.part.numbering_part.element
    numbering[:] = []
    for n, levels in enumerate(lists, 1):
        numbering.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{n}">'
                f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
            )
        )
    for n in range(1, len(lists) + 1):
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>')
        )


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin, section.bottom_margin = Inches(1), Inches(0.95)
    section.header_distance = section.footer_distance = Inches(0.5)


def _margins_text(document: Document, title: str) -> None:
    section = document.sections[0]
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    for paragraph in (header, footer):
        paragraph.style = document.styles["Fine"]
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Inches(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT
        )
    header.add_run("{{ district.name }}\t{{ code }}")
    rule(header, "bottom")
    footer.add_run(f"{title}\tPage ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    """A field without a remembered result: every reader computes it."""
    for piece in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{piece}</w:r>"))


def rule(paragraph: Paragraph, side: str) -> None:
    border = f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="A9AEB1"/>'
    # Word calls a file damaged whose properties stand in another order than the schema's.
    paragraph._p.get_or_add_pPr().insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{border}</w:pBdr>"),
        "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr",
    )  # fmt: skip


def _properties(document: Document, title: str) -> None:
    properties = document.core_properties
    properties.title = f"{title} {{{{ code }}}}"
    properties.author = properties.last_modified_by = "{{ district.name }}"
    properties.comments, properties.language = "", "en-US"
    properties.created = properties.modified = datetime(2026, 11, 21, tzinfo=UTC)


class Sheet:
    """Adds paragraphs to a document and knows which list the next number belongs to."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.letter = ""

    def exhibit(self, letter: str, title: str, place: str = "") -> None:
        self.letter = letter
        paragraph = self.document.add_paragraph(f"Exhibit {letter}: {title}", "Exhibit")
        paragraph.paragraph_format.page_break_before = place == "new page"

    def paragraph(self, kind: str) -> Paragraph:
        paragraph = self.document.add_paragraph(style=STYLE_OF[kind])
        if kind in ("article", "clause", "item"):
            depth = ("article", "clause", "item").index(kind)
            self._number(paragraph, depth - 1 if self.letter else depth, self._list())
        elif kind == "bullet":
            self._number(paragraph, 0, 2)
        return paragraph

    def _list(self) -> int:
        return 3 + EXHIBITS.index(self.letter) if self.letter else 1

    def _number(self, paragraph: Paragraph, level: int, number: int) -> None:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = number
