from tests.workflows.deals.lifecycle import DEAL
from tests.workflows.deals.models import Deal
from workflows.providers import Recipient, audience

PEOPLE = {
    "requesters": Recipient("ben@lupine.example", "Ben Ortiz"),
    "privacy": Recipient("ada@lupine.example", "Ada Park"),
    "legal": Recipient("cora@lupine.example", "Cora Lind"),
    "vendor": Recipient("dee@vendor.example", "Dee Marsh"),
    "next_signer": Recipient("gwen@lupine.example", "Gwen Hart"),
    "owner_lead": Recipient("lea@lupine.example", "Lea Moss"),
    "privacy_lead": Recipient("pia@lupine.example", "Pia Lund"),
    "superintendent": Recipient("sue@lupine.example", "Sue Park"),
}


def _register(name: str, person: Recipient) -> None:
    @audience(DEAL, name)
    def people(deal: Deal) -> list[Recipient]:
        return [person]


for _name, _person in PEOPLE.items():
    _register(_name, _person)
