"""Word templates in, Word documents out. This is the contract with every other room.

``render(template, context)`` returns the bytes of a .docx. Same inputs, same bytes.

* ``context`` is a dict of dict, list, str, int, Decimal, date, bool and None; anything else (a
  model object, a float, a datetime) is refused by ``ContextRefused`` with the path.
* Every field that the template names must be given: ``TemplateFieldMissing`` names the one that is
  not. None is "deliberately blank": false in an ``{% if %}``, an error when printed. "" prints
  nothing.
* Dates print as "November 21, 2026", booleans as "Yes" and "No"; a line break in a value stays one.
* Text is escaped and cleaned here, once: pass people's words as they are.
* Tags are docxtpl's: ``{{ field }}``, ``{%p if %}`` (paragraphs), ``{%tr for %}`` (table rows).
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.opc.oxml import parse_xml
from docx.oxml.exceptions import InvalidXmlError
from docxtpl import DocxTemplate
from jinja2 import Environment
from jinja2.exceptions import TemplateError
from lxml import etree

from .rules import TemplateRefused, plain
from .sandbox import TemplateEnvironment

_NOT_WORD = (zipfile.BadZipFile, PackageNotFoundError, InvalidXmlError, KeyError, ValueError)
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
EPOCH = (1980, 1, 1, 0, 0, 0)


class _Template(DocxTemplate):
    """docxtpl with two faults mended: text lost by a forgiving parser, titles escaped twice."""

    def fix_tables(self, xml: str) -> Any:
        # docxtpl parses with recover=True, which drops text silently: parse strictly first.
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml)

    def render_properties(
        self, context: dict[str, Any], jinja_env: Environment | None = None
    ) -> None:
        env = jinja_env or TemplateEnvironment()
        super().render_properties(context, env.overlay(autoescape=False))

    def sources(self) -> Iterator[str]:
        """The template text of each part that ``render`` would render, a paragraph a line."""
        for xml in self._xml_sources():
            yield re.sub(r"<w:p([ >])", r"\n<w:p\1", self.patch_xml(xml))
        properties = self.docx.core_properties
        for name in ("author", "comments", "identifier", "language", "subject", "title"):
            yield getattr(properties, name)

    def _xml_sources(self) -> Iterator[str]:
        yield self.get_xml()
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.xml_to_string(parse_xml(part.blob))
        for part in self.docx.part.package.parts:
            if part.content_type == _FOOTNOTES:
                yield part.blob.decode()


@lru_cache(maxsize=16)
def _patched(xml: str) -> str:
    """docxtpl's own: it reads the text alone, and a template is filled many times."""
    patched: str = DocxTemplate.patch_xml(None, xml)
    return patched


def open_template(template: bytes) -> _Template:
    document = _Template(io.BytesIO(template))
    try:
        document.init_docx()
    except (*_NOT_WORD, etree.XMLSyntaxError) as error:
        raise TemplateRefused("This is not a Word document (.docx).") from error
    return document


def render(template: bytes, context: Mapping[str, object]) -> bytes:
    """The filled document. Raises TemplateFieldMissing, ContextRefused or TemplateRefused."""
    fields, document = plain(context), open_template(template)
    try:
        document.render(fields, jinja_env=TemplateEnvironment())
    except TemplateError as error:
        raise TemplateRefused(f"The template cannot be filled: {error}.") from error
    except etree.XMLSyntaxError as error:
        raise TemplateRefused(
            "The template's tags cut through a paragraph or a table row: put {%p … %} and "
            "{%tr … %} tags alone in their own paragraph or row."
        ) from error
    written = io.BytesIO()
    document.save(written)
    return repack(written.getvalue())


def repack(docx: bytes) -> bytes:
    """The same members in a fixed order with a fixed date, so that equal content is equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in sorted(set(old.namelist()), key=lambda n: (n != "[Content_Types].xml", n)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.create_system, member.external_attr = 3, 0o600 << 16
            new.writestr(member, old.read(name), zipfile.ZIP_DEFLATED, 6)
    return packed.getvalue()
