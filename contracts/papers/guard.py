"""What an uploaded Word file must survive before it is parsed. One sentence for each problem.

``docx_problems(data)`` returns [] for a file that may be opened. Nothing here trusts a size that
the file claims: every member is read with a cap.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from contracts.papers.parts import once_per_part

MAX_FILE = 25 * 1024 * 1024
MAX_MEMBER = 40 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_MEMBERS = 1000
MAX_RATIO = 200
RATIO_FLOOR = 1024 * 1024
MAX_DEPTH = 150
NEEDED = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
# Relationship types that pull in something else when the document is opened.
_PULLS = re.compile(r"/(aFChunk|oleObject|subDocument|frame|control|vbaProject)\Z", re.I)
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#)", re.I)
_ON_A_DRIVE = re.compile(r"(file:///)?[A-Za-z]:[\\/](?![\\/])|[\w .%-]+\Z")
_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE)\b")


def docx_problems(data: bytes) -> list[str]:
    if len(data) > MAX_FILE:
        return [too_big("file", MAX_FILE)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            problems = list(_package_problems(package))
            # The content is read only when the shape of the package is sound.
            return problems or list(_content_problems(package))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return ["This is not a Word document (.docx), or it is damaged or has a password."]


def too_big(what: str, limit: int) -> str:
    return f"The {what} is larger than {limit // (1024 * 1024)} MB."


def _package_problems(package: zipfile.ZipFile) -> Iterator[str]:
    members = package.infolist()
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS:
        yield f"The file holds more than {MAX_MEMBERS} parts."
    if len({name.lower() for name in names}) != len(names):
        yield "Two parts of the file have the same name."
    if any(_escapes(name) for name in names):
        yield "A part of the file has a name that points outside of it."
    if any(member.flag_bits & 1 for member in members):
        yield "The file is protected by a password."
    if any(name not in names for name in NEEDED):
        yield "This is not a Word document (.docx)."
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        yield too_big("unpacked file", MAX_UNPACKED)
    if any(_squeezed_too_hard(member) for member in members):
        yield "A part of the file unpacks to more than two hundred times its size."
    if any("vbaproject" in name.lower() or "activex" in name.lower() for name in names):
        yield "The document holds macros. Save it as .docx without macros."


def _escapes(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _squeezed_too_hard(member: zipfile.ZipInfo) -> bool:
    return member.file_size > RATIO_FLOOR and member.file_size > MAX_RATIO * member.compress_size


def _content_problems(package: zipfile.ZipFile) -> Iterator[str]:
    for name in package.namelist():
        with package.open(name) as member:
            content = member.read(MAX_MEMBER + 1)
        if len(content) > MAX_MEMBER:
            yield too_big(f"part {name}", MAX_MEMBER)
        elif name.lower().endswith((".xml", ".rels", ".vml")):
            yield from _xml_problems(name, content)


@once_per_part
def _xml_problems(name: str, content: bytes) -> tuple[str, ...]:
    reader = _Reader()
    try:
        reader.read(content)
    except _Stop as stop:
        return (f"{stop} ({name})",)
    except (expat.ExpatError, ValueError):
        return (f"A part of the document is not readable XML ({name}).",)
    problems = dict.fromkeys(reader.problems)
    # A field's code may be cut into several runs.
    if found := _FIELDS.search("".join(reader.instructions)):
        problems[f"The document holds a field that loads something else ({found[1]})."] = None
    return tuple(problems)


class _Stop(Exception):
    """Not worth reading further."""


class _Reader:
    """One pass with expat: no tree in memory, no entities, a cap on the depth."""

    def __init__(self) -> None:
        self.depth = 0
        self.problems: list[str] = []
        self.instructions: list[str] = []
        self.listening = False
        self.parser = expat.ParserCreate()

    def read(self, content: bytes) -> None:
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.Parse(content, True)

    def _doctype(self, *_: object) -> None:
        raise _Stop("The document declares a DTD, which no Word document needs.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Stop("The document is nested too deeply.")
        local = name.rpartition(":")[2]
        self._listen(local == "instrText")
        if attributes:
            self._read_attributes(local, attributes)

    def _read_attributes(self, local: str, attributes: dict[str, str]) -> None:
        self.instructions += [v for k, v in attributes.items() if k.rpartition(":")[2] == "instr"]
        if local == "Relationship":
            self.problems += _relationship_problems(attributes)
        if "macroEnabled" in attributes.get("ContentType", ""):
            self.problems.append("The document holds macros. Save it as .docx without macros.")

    def _end(self, name: str) -> None:
        self.depth -= 1
        self._listen(False)

    def _listen(self, wanted: bool) -> None:
        """A contract is mostly text, and only a field's code is read."""
        if wanted is not self.listening:
            self.listening = wanted
            self.parser.CharacterDataHandler = self.instructions.append if wanted else None


def _relationship_problems(attributes: dict[str, str]) -> list[str]:
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    if pulled := _PULLS.search(kind):
        return [f"The document embeds another object ({pulled[1]})."]
    if attributes.get("TargetMode", "").lower() != "external":
        return []
    if kind.endswith("/hyperlink") and _SAFE_LINK.match(target):
        return []
    if kind.endswith("/attachedTemplate") and _ON_A_DRIVE.match(target):
        # Word notes the author's own template file; nothing of ours follows it.
        return []
    return [f"The document loads something from outside ({target[:80]})."]
