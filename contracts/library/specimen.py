"""An invented agreement: what the preview of a template shows, and what the golden tests print."""

from datetime import date

from .rules import (
    CertificateFields,
    DpaFields,
    NamedParty,
    Offer,
    Party,
    Product,
    ScheduleRow,
    Security,
    SignedBy,
    SignedFile,
    Signer,
    Subprocessor,
    Terms,
    frameworks_from,
)

VOCABULARY = {
    "Application technology data": ("IP addresses and cookies", "Device and browser type"),
    "Application use": ("How a user works with the application",),
    "Assessment": ("Standardized test scores", "Observations", "Other assessment results"),
    "Attendance": ("Daily attendance", "Class attendance"),
    "Communications": ("Messages written in the application",),
    "Conduct": ("Conduct and behavior",),
    "Demographics": ("Date of birth", "Gender", "Ethnicity or race", "Language at home"),
    "Enrollment": ("School", "Grade level", "Homeroom", "Counselor", "Year of graduation"),
    "Parent or guardian contact": ("Address", "E-mail", "Telephone"),
    "Parent or guardian ID": ("Number that links parents to students",),
    "Parent or guardian name": ("First and last name",),
    "Schedule": ("Courses", "Names of teachers"),
    "Special indicator": ("English learner", "Low income", "Health", "Disability", "Housing"),
    "Student contact": ("Address", "E-mail", "Telephone"),
    "Student identifiers": ("District ID", "State ID", "ID in the application", "User name"),
    "Student name": ("First and last name",),
    "Performance in the application": ("Progress and results",),
    "Program membership": ("Academic and other activities",),
    "Survey responses": ("Answers to surveys",),
    "Student work": ("Writing, pictures and recordings",),
    "Transcript": ("Grades", "Courses taken"),
    "Transportation": ("Bus", "Stops"),
    "Other": ("Anything not listed above",),
    "Staff data": ("Name and work e-mail", "Classes taught"),
}  # fmt: skip
COLLECTED = {
    "IP addresses and cookies": "To keep sessions open and find attacks",
    "How a user works with the application": "To show progress to the teacher",
    "Grade level": "To choose reading material",
    "E-mail": "To sign in",
    "District ID": "To match the class roster",
    "First and last name": "To show the teacher whose work it is",
    "Progress and results": "To report growth in reading",
    "Writing, pictures and recordings": "The student's answers & drawings",
    "Name and work e-mail": "To give teachers an account",
}


def schedule() -> tuple[ScheduleRow, ...]:
    pairs = [(c, e) for c, elements in VOCABULARY.items() for e in elements]
    return tuple(_row(category, element) for category, element in pairs)


def _row(category: str, element: str) -> ScheduleRow:
    guardian = category.startswith("Parent")
    purpose = "" if guardian else COLLECTED.get(element, "")
    if not purpose:
        return ScheduleRow(category, element, collected=False)
    return ScheduleRow(category, element, True, purpose, "Required")


def dpa() -> DpaFields:
    return DpaFields(
        title="Student Data Privacy Agreement",
        code="7KQ2-M9XD",
        jurisdiction="CO",
        state_name="Colorado",
        district=Party(
            "Pine Hollow School District 12",
            "400 Cottonwood Avenue, Pine Hollow, CO 80000",
            "Ada Okafor",
            "privacy@pinehollow.example",
            "303-555-0142",
            Signer("Samuel Whitehorse", "Superintendent"),
        ),
        vendor=Party(
            "Smith & Jones <b> Learning, Łódź LLC",
            "12 Harbor Street, Suite 4\nSpringfield, MA 01101",
            "Dee Nguyễn",
            "privacy@readwell.example",
            "413-555-0186",
            Signer("Dee Nguyễn", "General Counsel"),
        ),
        services="Reading practice at the student's own level, with reports for teachers.",
        products=(
            Product("ReadWell", "https://readwell.example", "Reading practice, grades 2 to 8"),
            Product("ReadWell Teacher", "https://teach.readwell.example", "Reports and rosters"),
        ),
        schedule=schedule(),
        security=Security(
            frameworks_from(["nist-csf", "soc-2"]),
            "Noor Haddad",
            "security@readwell.example",
            "The SOC 2 report covers the hosting account; the next one is due in May.",
        ),
        terms=Terms(
            breach_notice_hours=72,
            destruction_days=60,
            audit_notice_days=10,
            effective_on=date(2026, 12, 1),
            ends_on=date(2029, 11, 30),
            months=36,
        ),
        offer=Offer(True, "offers@readwell.example", date(2029, 11, 30)),
        subprocessors=(
            Subprocessor("Granite Cloud Inc.", "Hosting and backup", "Oregon and Ohio"),
            Subprocessor("Quill Mail Co.", "Mail to teachers", "Virginia"),
        ),
    )


def certificate() -> CertificateFields:
    return CertificateFields(
        title="Certificate of signature",
        agreement="Student Data Privacy Agreement",
        code="7KQ2-M9XD",
        completed_at="December 1, 2026 at 9:20 a.m. MST",
        district=NamedParty("Pine Hollow School District 12"),
        vendor=NamedParty("Smith & Jones <b> Learning, Łódź LLC"),
        documents=(
            SignedFile("Offered for signature", "0f" * 32),
            SignedFile("Signed by both parties", "a7" * 32),
        ),
        signers=(
            SignedBy(
                "For the Provider",
                "Dee Nguyễn",
                "General Counsel",
                "d•••@readwell.example",
                "A personal link sent to this address",
                "November 30, 2026 at 4:02 p.m. MST",
                "November 30, 2026 at 4:05 p.m. MST",
                "203.0.113.0/24",
            ),
            SignedBy(
                "For the District",
                "Samuel Whitehorse",
                "Superintendent",
                "s•••@pinehollow.example",
                "Signed in to an account of the District",
                "December 1, 2026 at 9:18 a.m. MST",
                "December 1, 2026 at 9:20 a.m. MST",
                "198.51.100.0/24",
            ),
        ),
        timestamp="The times come from the time-stamp authority of this installation.",
        verification="Upload the file at registry.pinehollow.example, or run: papers verify FILE.",
    )
