import re
from pathlib import Path

from workflows.ledger import telling

ROOT = Path(__file__).resolve().parents[3]
RECORDED = re.compile(r'engine\.record\(\s*[^,()]+,\s*"(\w+)"')


def test_every_command_reads_as_a_sentence() -> None:
    """A timeline never shows a code name: each command's room says how it reads."""
    code = [
        path.read_text()
        for house in ("vetting", "contracts")
        for path in (ROOT / house).rglob("*.py")
    ]
    named = {name for text in code for name in RECORDED.findall(text)}
    assert len(named) > 10
    told = {command for _, command in telling._tellers}
    assert sorted(named - told) == []
