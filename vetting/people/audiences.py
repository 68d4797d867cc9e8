"""Who hears of a case because of the role they hold in its district."""

from typing import Any

from vetting.people.queries import people_with, recipients_of
from workflows.actors import Role
from workflows.providers import AudienceFunction, Recipient


def in_role(*roles: Role) -> AudienceFunction:
    """An audience: whoever may act today in any of these roles, where the case is."""

    def find(subject: Any) -> list[Recipient]:
        return recipients_of(people_with(subject.district, *roles))

    return find
