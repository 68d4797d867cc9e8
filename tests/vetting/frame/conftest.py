from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.vetting.frame import gallery
from vetting import navigation


@pytest.fixture
def the_gallery(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gallery's pages in place of the house's, with a navigation of its own."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.vetting.frame.gallery"
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_strip_providers", [gallery.overdue])
    for entry in gallery.ENTRIES:
        navigation.register(entry)
