from tests.workflows.toy.lifecycle import ERRAND
from tests.workflows.toy.models import Errand
from workflows.providers import Recipient, audience

PEOPLE = {
    "requesters": Recipient("ben@lupine.example", "Ben Ortiz"),
    "privacy": Recipient("ada@lupine.example", "Ada Osei"),
    "owner_lead": Recipient("lea@lupine.example", "Lea Moss"),
    "privacy_lead": Recipient("pia@lupine.example", "Pia Lund"),
    "superintendent": Recipient("sue@lupine.example", "Sue Park"),
}


def _register(name: str, person: Recipient) -> None:
    @audience(ERRAND, name)
    def people(errand: Errand) -> list[Recipient]:
        return [person]


for _name, _person in PEOPLE.items():
    _register(_name, _person)
