import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from .documents import word, words_of


def given(folder: Path, template: bytes, context: str) -> tuple[str, str, str]:
    (folder / "t.docx").write_bytes(template)
    (folder / "c.json").write_text(context)
    return str(folder / "t.docx"), str(folder / "c.json"), str(folder / "out.docx")


def test_render_writes_the_filled_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = given(tmp_path, word("{{ fee }} to {{ name }}"), '{"fee": 1.10, "name": "A & B"}')
    call_command("papers", "render", *paths)
    assert words_of(Path(paths[2]).read_bytes()) == ["1.10 to A & B"]
    assert capsys.readouterr().out == f"Wrote {paths[2]}\n"


@pytest.mark.parametrize(
    ("template", "context", "sentence"),
    [
        (word("{{ a.b }}"), "{}", "The template needs the field a, which was not given."),
        (word("x"), "[]", "The fields of a document must be given as a dict."),
        (word("x"), "{", "c.json is not readable JSON: "),
        (b"no", "{}", "This is not a Word document (.docx)."),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_written(
    template: bytes, context: str, sentence: str, tmp_path: Path
) -> None:
    paths = given(tmp_path, template, context)
    Path(paths[2]).write_bytes(b"as it was")
    with pytest.raises(CommandError) as refusal:
        call_command("papers", "render", *paths)
    assert sentence in str(refusal.value)
    assert Path(paths[2]).read_bytes() == b"as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.json", "out.docx", "t.docx"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.docx cannot be read: No such file"):
        call_command("papers", "pdf", str(tmp_path / "none.docx"), str(tmp_path / "out.pdf"))


def test_pdf_of_a_foreign_document_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    paths = given(tmp_path, word("Somebody's own."), json.dumps({}))
    with pytest.raises(CommandError, match="needs LibreOffice"):
        call_command("papers", "pdf", paths[0], str(tmp_path / "out.pdf"))
    assert not (tmp_path / "out.pdf").exists()
