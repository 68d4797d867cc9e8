import io
import zipfile

import pytest

from contracts.papers.guard import docx_problems

from .documents import part, with_parts, word

RELS = "word/_rels/document.xml.rels"
CLEAN = word("A clean contract.")


def relating(kind: str, target: str) -> bytes:
    row = (
        '<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    rels = part(CLEAN, RELS).replace(b"</Relationships>", row.encode())
    return with_parts(CLEAN, {RELS: rels})


def saying(xml: str) -> bytes:
    body = part(CLEAN, "word/document.xml").replace(b"</w:body>", f"{xml}</w:body>".encode())
    return with_parts(CLEAN, {"word/document.xml": body})


def field(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f"<w:p>{runs}</w:p>"


def test_a_clean_document_passes() -> None:
    assert docx_problems(CLEAN) == []


@pytest.mark.parametrize(
    "content",
    [
        relating("hyperlink", "https://vendor.example/privacy"),
        relating("attachedTemplate", "file:///C:\\Users\\cora\\Normal.dotm"),
        saying(field(" PAGE ")),
    ],
)
def test_what_real_contracts_hold_passes(content: bytes) -> None:
    assert docx_problems(content) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "This is not a Word document (.docx), or it is damaged or has a password."),
        (CLEAN[:2000], "This is not a Word document (.docx), or it is damaged or has a password."),
        (b"x" * (25 * 1024 * 1024 + 1), "The file is larger than 25 MB."),
        (
            with_parts(CLEAN, {"word/media/a.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}),
            "A part of the file unpacks to more than two hundred times its size.",
        ),
        (
            with_parts(CLEAN, {f"word/media/{n}.png": b"" for n in range(1001)}),
            "The file holds more than 1000 parts.",
        ),
        (
            with_parts(CLEAN, {"../../etc/cron.d/x": b""}),
            "A part of the file has a name that points outside of it.",
        ),
        (
            with_parts(CLEAN, {"WORD/document.xml": b"<a/>"}),
            "Two parts of the file have the same name.",
        ),
        (
            with_parts(CLEAN, {"word/vbaProject.bin": b"x"}),
            "The document holds macros. Save it as .docx without macros.",
        ),
        (
            with_parts(CLEAN, {"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "The document declares a DTD, which no Word document needs. (word/x.xml)",
        ),
        (
            with_parts(CLEAN, {"word/x.xml": '<!DOCTYPE a SYSTEM "x"><a/>'.encode("utf-16")}),
            "The document declares a DTD, which no Word document needs. (word/x.xml)",
        ),
        (
            with_parts(CLEAN, {"word/x.xml": b"<a>" * 60_000 + b"</a>" * 60_000}),
            "The document is nested too deeply. (word/x.xml)",
        ),
        (
            with_parts(CLEAN, {"word/x.xml": b"<a>"}),
            "A part of the document is not readable XML (word/x.xml).",
        ),
        (
            relating("image", "http://10.0.0.1/x.png"),
            "The document loads something from outside (http://10.0.0.1/x.png).",
        ),
        (
            relating("attachedTemplate", "https://evil.example/a.dotm"),
            "The document loads something from outside (https://evil.example/a.dotm).",
        ),
        (
            relating("attachedTemplate", "file://server/share/a.dotm"),
            "The document loads something from outside (file://server/share/a.dotm).",
        ),
        (
            relating("hyperlink", "file:///etc/passwd"),
            "The document loads something from outside (file:///etc/passwd).",
        ),
        (
            relating("aFChunk", "x.html"),
            "The document embeds another object (aFChunk).",
        ),
        (relating("oleObject", "x.bin"), "The document embeds another object (oleObject)."),
        (
            saying(field(" DD", "EAUTO c:\\\\windows\\\\system32\\\\cmd.exe ")),
            "The document holds a field that loads something else (DDEAUTO).",
        ),
        (
            saying('<w:p><w:fldSimple w:instr=" INCLUDETEXT /etc/passwd "/></w:p>'),
            "The document holds a field that loads something else (INCLUDETEXT).",
        ),
    ],
)
def test_a_hostile_document_is_refused_by_name(content: bytes, sentence: str) -> None:
    assert docx_problems(content) == [sentence]


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(with_parts(CLEAN, {"word/x.xml": b"<a>" + b" " * 5_000_000 + b"</a>"}))
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/x.xml"))
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert docx_problems(bytes(content)) != []


def test_a_member_with_a_password_is_refused() -> None:
    written = io.BytesIO(CLEAN)
    content = bytearray(written.getvalue())
    for info in zipfile.ZipFile(io.BytesIO(CLEAN)).infolist():
        at = content.rindex(b"PK\x01\x02", 0, content.rindex(info.filename.encode()))
        content[at + 8] |= 1
    assert docx_problems(bytes(content)) == ["The file is protected by a password."]
