"""What the reviewers answered, and why each data element was asked for."""

from collections.abc import Mapping

from vetting.screening import queries
from vetting.screening.models import Screening

# Question: answer and evidence where nothing else is said.
GOOD: Mapping[str, tuple[str, str]] = {
    "education_only": ("yes", "Terms for schools, section 3: only to provide the service."),
    "no_sale": ("yes", "Privacy notice for schools, section 5."),
    "no_targeted_ads": ("yes", "Privacy notice for schools, section 5: no advertising at all."),
    "change_notice": ("yes", "Terms, section 12: 30 days by e-mail."),
    "model_training": ("not_used", "Written statement of the vendor to Strategic Sourcing."),
    "every_element_needed": ("yes", "Compared with the purpose on the request."),
    "schedule_matches_policy": ("yes", "Compared with section 2 of the privacy notice."),
    "third_parties": ("yes", "List of four subprocessors on the vendor's site."),
    "encryption": ("yes", "TLS 1.2 or later and AES-256, security white paper."),
    "framework": ("yes", "NIST CSF, self-assessment of this year."),
    "independent_check": ("yes", "Penetration test summary, four months old."),
    "access_control": ("yes", "Single sign-on with a second factor for all staff."),
    "breach_promise": ("yes", "72 hours from confirmation."),
    "deletion": ("yes", "60 days after the end, confirmed in writing."),
    "coppa_notice": ("yes", "Direct notice to schools and a deletion form."),
    "retention_policy": ("yes", "Retention schedule, two pages."),
    "protected_areas": ("yes", "Question bank read: classroom topics only."),
}
WEAK: Mapping[str, tuple[str, str]] = {
    "independent_check": ("no", "The vendor has none yet; one is booked."),
    "change_notice": ("no", "The notice may change at any time by posting it."),
}
BAD: Mapping[str, tuple[str, str]] = {
    "education_only": ("no", "Section 4 allows “research and product development”."),
    "no_sale": ("no", "Section 6: data may pass to “partners”."),
    "no_targeted_ads": ("partly", "Advertising is switched off only for paying schools."),
    "third_parties": ("no", "“Trusted partners” are not named."),
    "deletion": ("partly", "On request only, without a confirmation."),
}
PURPOSES: Mapping[str, str] = {
    "student-name": "To show students and teachers whose work it is",
    "username": "To sign in",
    "grade-level": "To offer material at the right level",
    "homeroom": "To put students into classes",
    "student-email": "To sign in with the district account",
    "student-work": "The writing and drawings that students make",
    "in-app-performance": "To show progress to the teacher",
    "course-grades": "To record and publish grades",
    "conduct": "To note behavior",
    "survey-responses": "Check-in questions of the teacher",
    "technology-metadata": "To keep the service secure",
    "pick-up": "To plan the route",
}


def answers_for(
    screening: Screening, changed: Mapping[str, tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """(question, answer, evidence) of every question this screening asks, in its order."""
    asked = [question["id"] for question in queries.sheet_of(screening).questions]
    return [(name, *changed.get(name, GOOD[name])) for name in asked]
