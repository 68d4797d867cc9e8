"""The rooms' models, gathered where Django looks for them."""

from vetting.people.models import User
from vetting.vault.models import StoredFile

__all__ = ["StoredFile", "User"]
