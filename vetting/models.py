"""The rooms' models, gathered where Django looks for them."""

from vetting.vault.models import StoredFile

__all__ = ["StoredFile"]
