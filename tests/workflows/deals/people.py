from tests.workflows.deals.lifecycle import DEAL, IN_FORCE
from tests.workflows.deals.models import Deal
from workflows.outbox.reactions import Event, on
from workflows.providers import Recipient, audience

PEOPLE = {
    "requesters": Recipient("ben@lupine.example", "Ben Ortiz"),
    "privacy": Recipient("ada@lupine.example", "Ada Park"),
    "vendor": Recipient("dee@vendor.example", "Dee Marsh"),
    "holders": Recipient("ada@lupine.example", "Ada Park"),
}


def _register(name: str, person: Recipient) -> None:
    @audience(DEAL, name)
    def people(deal: Deal) -> list[Recipient]:
        return [person]


for _name, _person in PEOPLE.items():
    _register(_name, _person)


@on(DEAL, enters=IN_FORCE)
def tell_the_requests(event: Event) -> None:
    """Its message is written; what it would do belongs to another room."""
