"""The rooms' models, gathered where Django looks for them."""

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
from vetting.requests.models import Question, RequestedElement, Requester, ToolRequest
from vetting.screening.models import Answer, Finding, Questionnaire, Screening
from vetting.vault.models import StoredFile

__all__ = [
    "Answer",
    "Contact",
    "DataElement",
    "District",
    "Finding",
    "Listing",
    "Membership",
    "Question",
    "Questionnaire",
    "RequestedElement",
    "Requester",
    "RoleGrant",
    "School",
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
