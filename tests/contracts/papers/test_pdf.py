"""The engines. Documents here are not golden, so most tests go to the worker itself."""

import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from contracts.papers import confined, fonts, pdf, text
from contracts.papers.pdf import ConversionFailed, ConversionRefused, convert, run_worker
from vetting.letters import PRINTED

from .documents import part, with_parts, word


def deep(levels: int) -> bytes:
    content = word("x")
    xml = part(content, "word/document.xml")
    nested = b"<w:body>" + b"<w:sdt>" * levels + b"</w:sdt>" * levels
    return with_parts(content, {"word/document.xml": xml.replace(b"<w:body>", nested)})


def test_the_worker_writes_every_word_with_our_fonts() -> None:
    made = run_worker(word("Nguyễn and Łódź & Sons <b>: “quoted” — § 1"), "dxpdf", 60)
    assert "Nguyễn and Łódź & Sons <b>: “quoted” — § 1" in text.of_pdf(made)


def test_the_same_document_gives_the_same_bytes() -> None:
    document = word("Twice the same.")
    first = run_worker(document, "dxpdf", 60)
    time.sleep(1.1)
    assert run_worker(document, "dxpdf", 60) == first


def test_text_that_the_fonts_lack_is_refused_and_named() -> None:
    with pytest.raises(ConversionFailed, match=r"these characters: ΩЖ If our fonts lack them"):
        run_worker(word("Omega Ω and Zhe Ж"), "dxpdf", 60)


def test_a_conversion_that_takes_too_long_is_really_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    document = word(*["A paragraph of a very long contract, again and again. " * 40] * 3000)
    started = time.monotonic()
    with pytest.raises(ConversionFailed, match=r"^The PDF was not ready after 1 seconds: "):
        run_worker(document, "dxpdf", 1)
    assert time.monotonic() - started < 10
    # Its folder was in its arguments, so a survivor would still show it.
    assert not [pid for pid in _processes() if str(tmp_path) in _arguments(pid)]
    assert list(tmp_path.iterdir()) == []


def _processes() -> list[str]:
    return [path.name for path in Path("/proc").glob("[0-9]*")]


def _arguments(pid: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def test_a_crash_of_the_engine_is_a_sentence() -> None:
    with pytest.raises(ConversionFailed) as failure:
        run_worker(deep(60_000), "dxpdf", 60)
    assert str(failure.value).startswith(
        ("The PDF engine crashed on this document (SIG", "The document could not be turned into")
    )


def test_deep_xml_never_reaches_an_engine() -> None:
    with pytest.raises(ConversionRefused, match=r"^The document is nested too deeply\."):
        convert(deep(60_000))


def test_dxpdf_is_refused_for_a_document_that_is_not_ours() -> None:
    with pytest.raises(ConversionRefused, match="It needs LibreOffice"):
        convert(word("Somebody's own contract."), engine="dxpdf")


def test_without_libreoffice_another_document_is_refused_with_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConversionRefused, match="needs LibreOffice, which is not installed here"):
        convert(word("Somebody's own contract."))


def test_libreoffice_converts_a_document_that_is_not_ours(libreoffice: str) -> None:
    assert pdf.libreoffice() == libreoffice
    made = convert(word("Somebody's own contract."))
    assert made.engine == "libreoffice"
    assert "Somebody's own contract." in text.of_pdf(made.bytes)


def test_missing_fonts_say_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAPERS_FONT_DIR", str(tmp_path))
    with pytest.raises(fonts.FontsMissing, match="run npm ci"):
        run_worker(word("x"), "dxpdf", 60)


def test_the_worker_inherits_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    assert set(confined.bare(tmp_path) | pdf._environment(tmp_path)) <= {
        "PATH", "HOME", "TMPDIR", "LANG", "TZ",
        "SOURCE_DATE_EPOCH", "FONTCONFIG_FILE", "PAPERS_LIBREOFFICE",
    }  # fmt: skip


def test_every_letter_that_forms_take_is_printed() -> None:
    """Forms refuse what the fonts lack by a table; here it meets the engine."""
    letters = sorted(PRINTED)
    lines = ["".join(letters[at : at + 60]) for at in range(0, len(letters), 60)]
    run_worker(word(*lines), "dxpdf", 60)
