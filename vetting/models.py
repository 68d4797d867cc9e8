"""The rooms' models, gathered where Django looks for them."""

from vetting.agenda.models import CalendarFeed
from vetting.catalog.models import (
    Contact,
    DataElement,
    Listing,
    Tool,
    ToolData,
    Vendor,
    VendorAlias,
)
from vetting.people.models import (
    District,
    Membership,
    RoleGrant,
    School,
    SettingChange,
    SigningAuthority,
    User,
)
from vetting.policy.models import Anchor, Evaluated, PackVersion, RuleOverride, SchoolYear
from vetting.requests.models import Question, RequestedElement, Requester, ToolRequest
from vetting.screening.models import Answer, Finding, Questionnaire, Screening
from vetting.vault.models import StoredFile

__all__ = [
    "Anchor",
    "Answer",
    "CalendarFeed",
    "Contact",
    "DataElement",
    "District",
    "Evaluated",
    "Finding",
    "Listing",
    "Membership",
    "PackVersion",
    "Question",
    "Questionnaire",
    "RequestedElement",
    "Requester",
    "RoleGrant",
    "RuleOverride",
    "School",
    "SchoolYear",
    "Screening",
    "SettingChange",
    "SigningAuthority",
    "StoredFile",
    "Tool",
    "ToolData",
    "ToolRequest",
    "User",
    "Vendor",
    "VendorAlias",
]
