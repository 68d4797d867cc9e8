from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from vetting.people import rules
from vetting.vault.models import StoredFile
from workflows.actors import ROLE_NAMES, Role
from workflows.cases import Tenant, new_code
from workflows.triggers import append_only


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """A person who signs in by e-mail address, which is kept in lower case."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200)
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            # With every stored address in lower case, the plain unique index ignores case too.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]


class District(models.Model):
    """A school district; `tenant` is the same district as the engine knows it."""

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="district")
    name = models.CharField(max_length=160)
    state = models.CharField(max_length=2, help_text="Two letters, for example CO")
    website = models.URLField(blank=True)
    contact_name = models.CharField(max_length=160, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    color = models.CharField(max_length=7, blank=True, help_text="For example #1a4480")
    logo = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What some laws ask of the district itself; None is "not known yet".
    federal_funds = models.BooleanField(null=True, blank=True)
    e_rate = models.BooleanField(null=True, blank=True)
    school_gate = models.BooleanField(
        default=False, help_text="A principal supports a request before the district sees it."
    )

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return self.tenant.code

    @property
    def logo_url(self) -> str:
        """With the file's number in it, so that a browser may keep it for ever."""
        return reverse("brand:logo", args=[self.code, self.logo_id]) if self.logo_id else ""

    @property
    def color_url(self) -> str:
        return reverse("brand:color", args=[self.code, self.color[1:]]) if self.color else ""


class School(models.Model):
    """One school; `grades` are codes of GRADES in order."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="schools")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    grades = models.JSONField(default=list)
    students = models.PositiveIntegerField(null=True, blank=True)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["district", "code"], name="school_code_per_district")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one district, with roles; `delegate` acts for them while they are away."""

    code = models.CharField(max_length=16, unique=True, default=new_code)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="memberships")
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    trained_on = models.DateField(null=True, blank=True)
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    delegate = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="delegators"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "district"], name="one_membership_per_district")
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.district}"

    @property
    def ref(self) -> str:
        return f"membership:{self.pk}"

    @classmethod
    def leading(cls) -> "models.QuerySet[Membership]":
        """The school leaders who work here now."""
        rows = cls.objects.filter(active=True, user__is_active=True)
        return rows.filter(grants__role=Role.SCHOOL_LEADER)

    @classmethod
    def leaders_of(cls, school: School) -> "list[Membership]":
        """Those of one school; as they were read with it, where they were."""
        known: list[Membership] | None = getattr(school, "leaders", None)
        return list(cls.leading().filter(school=school)) if known is None else known

    def acts_as(self, ref: str, today: date) -> bool:
        """Whether that person is this one, or stands in for them on this day."""
        if ref == self.ref:
            return True
        away = rules.is_away(today, self.away_from, self.away_until)
        return away and ref == f"membership:{self.delegate_id}"


class RoleGrant(models.Model):
    """One role a membership holds."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=24, choices=[(r.value, n) for r, n in ROLE_NAMES.items()])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "role"], name="role_once_per_membership")
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.role}"


class SigningAuthority(models.Model):
    """A line of the authority table: from which amount (dollars) and term who signs an agreement.

    A line that ended stays: signatures were given under it.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="authorities")
    kind = models.CharField(max_length=24, blank=True, help_text="Blank: every kind of agreement")
    amount_over = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    term_months_over = models.PositiveSmallIntegerField(default=0)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="authorities")
    delegated_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    board_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.membership} from {self.amount_over}"


@append_only
class SettingChange(models.Model):
    """One change of a district's settings. `facts` holds codes and numbers, never people's words.

    A setting is no case, so it has no ledger; these rows are its record.
    """

    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor_ref = models.CharField(max_length=64)
    what = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["tenant", "-id"], name="setting_changes")]

    def __str__(self) -> str:
        return f"{self.what} at {self.at:%Y-%m-%d}"
