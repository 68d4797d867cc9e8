"""The database's knowledge of a stored file; the bytes are in the vault."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class StoredFile(models.Model):
    """One row per content. Written after its file, so a row never points at nothing."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("sha256"), 64), name="stored_file_sha256_is_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.name
