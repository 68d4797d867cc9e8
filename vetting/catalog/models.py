"""Vendors, their contacts, their tools, and what data a tool takes. Shared by a consortium."""

from django.db import models
from django.db.models.functions import Lower

from vetting.catalog import rules
from workflows.cases import new_code


class Vendor(models.Model):
    """A company. `key` is its name folded for matching ("Acme, Inc." and "ACME" are one)."""

    code = models.CharField(max_length=16, unique=True, default=new_code)
    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True)
    website = models.URLField(blank=True)
    address = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VendorAlias(models.Model):
    """Another spelling of a vendor's name, folded; kept when spellings or companies merge."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at a vendor; they have no account and act by personal link."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=160)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    signs = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), "vendor", name="contact_email_per_vendor")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.vendor})"

    @property
    def ref(self) -> str:
        return f"contact:{self.pk}"


class Tool(models.Model):
    """A product. `domain` is the registrable host of its web address, lower case, if it has one."""

    code = models.CharField(max_length=16, unique=True, default=new_code)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="tools")
    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    website = models.URLField(blank=True)
    domain = models.CharField(max_length=160, blank=True, db_index=True)
    description = models.CharField(max_length=300, blank=True)
    privacy_policy = models.URLField(blank=True)
    critical = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "key"], name="tool_name_per_vendor")
        ]

    def __str__(self) -> str:
        return self.name


class DataElement(models.Model):
    """One row of the starting vocabulary (domain.md 3.4), in a category, with lay words."""

    slug = models.SlugField(max_length=60, unique=True)
    category_number = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=80)
    name = models.CharField(max_length=160)
    lay_words = models.CharField(max_length=200)
    about = models.CharField(max_length=16, default="student")  # student, guardian, staff, none
    sensitivity = models.PositiveSmallIntegerField(default=1)  # 0 none … 4 highest
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.category}: {self.name}"


class ToolData(models.Model):
    """What a tool is known to take, before any request: from the import or its own statement."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="data")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=40, default="import")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tool", "element"], name="element_once_per_tool")
        ]

    def __str__(self) -> str:
        return f"{self.tool}: {self.element}"


class Listing(models.Model):
    """One row of the list a district has today, as imported; it is no verdict and no approval."""

    district = models.ForeignKey("vetting.District", on_delete=models.CASCADE, related_name="+")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="listings")
    licenses = models.PositiveIntegerField(null=True)
    unlimited = models.BooleanField(default=False)
    agreement_ends = models.DateField(null=True)
    status_said = models.CharField(max_length=80, blank=True)
    notes = models.TextField(blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "tool"], name="listing_once_per_tool")
        ]

    def __str__(self) -> str:
        return f"{self.district}: {self.tool}"


class NamesAnElement:
    """A row of a schedule of data, with `element` and, where that asks for it, its `detail`."""

    element: DataElement
    detail: str

    @property
    def words(self) -> str:
        return rules.element_words(self.element.name, self.detail)
