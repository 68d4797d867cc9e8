from contracts.papers.anchors import without
from tests.contracts.papers.documents import part, with_parts, word, words_of


def test_the_words_are_gone_and_the_paragraph_stays() -> None:
    made = without(word("Before", "[[sign:vendor]]", "After [[x]]"), ["[[sign:vendor]]"])
    assert words_of(made) == ["Before", "\u00a0", "After [[x]]"]


def test_words_that_word_has_cut_into_runs_are_found() -> None:
    docx = word("For you [[sign:district]] here")
    cut = b"</w:t></w:r><w:r><w:t>"
    xml = part(docx, "word/document.xml").replace(b"[[si", b"[[s" + cut + b"i")
    xml = xml.replace(b"rict]]", b"rict]" + cut + b"]")
    made = without(with_parts(docx, {"word/document.xml": xml}), ["[[sign:district]]"])
    assert words_of(made) == ["For you \u00a0 here"]
