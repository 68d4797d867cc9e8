"""The fonts of our documents: the open TTF files that the USWDS package carries, and no others.

A host's own fonts are left out so that the same document gives the same pages on every machine; a
character that these fonts lack is refused after conversion (``worker.lost``), never dropped.
"""

import os
from pathlib import Path
from xml.sax.saxutils import escape

from .rules import PaperError

FONT_FOLDER = "node_modules/@uswds/uswds/dist/fonts"
ROOT = Path(__file__).resolve().parents[2]
# Each face lies there packed for the web too; engines would unpack those anew for every document.
ONLY_TTF = "<selectfont><rejectfont><glob>*.woff*</glob></rejectfont></selectfont>"
# Word's usual families, should a district's template name them.
ALIASES = {
    "Public Sans": (
        "sans-serif",
        "Arial",
        "Calibri",
        "Helvetica",
        "Aptos",
        "Segoe UI",
        "system-ui",
    ),
    "Merriweather": ("serif", "Times New Roman", "Cambria", "Georgia", "Garamond"),
    "Roboto Mono": ("monospace", "Courier New", "Consolas"),
}


class FontsMissing(PaperError):
    """The front-end package has not been installed."""


def folder() -> Path:
    found = Path(os.environ.get("PAPERS_FONT_DIR") or ROOT / FONT_FOLDER)
    if not next(found.glob("public-sans/PublicSans-Regular.ttf"), None):
        raise FontsMissing(
            f"The document fonts are not in {found}: run npm ci, or set PAPERS_FONT_DIR to the "
            "fonts folder of the @uswds/uswds package."
        )
    return found


def write_configuration(where: Path) -> Path:
    """A fontconfig file in ``where``: our families and aliases, and nothing of the host."""
    aliases = "".join(_alias(*pair) for pair in ALIASES.items())
    path = where / "fonts.conf"
    path.write_text(
        f'<?xml version="1.0"?>\n<fontconfig>\n{ONLY_TTF}\n'
        f"<dir>{escape(str(folder()))}</dir>\n<cachedir>{escape(str(where / 'fonts'))}</cachedir>\n"
        f"{aliases}{_alias('Public Sans', ('',))}</fontconfig>\n"
    )
    return path


def _alias(family: str, names: tuple[str, ...]) -> str:
    return "".join(
        f'<match target="pattern">{_test(name)}'
        f'<edit name="family" mode="append_last"><string>{family}</string></edit></match>\n'
        for name in names
    )


def _test(name: str) -> str:
    return f'<test name="family"><string>{name}</string></test>' if name else ""
