from tests.workflows.parcels.lifecycle import PARCEL
from tests.workflows.parcels.models import Parcel
from workflows.providers import Ask, Recipient, audience, guard


@guard(PARCEL, "postage_is_paid")
def postage_is_paid(parcel: Parcel, ask: Ask) -> list[str]:
    torn = parcel.stamps.filter(torn=True).exists()
    return ["A stamp is torn: stick a new one on."] if torn else []


@audience(PARCEL, "requesters")
def requesters(parcel: Parcel) -> list[Recipient]:
    return [Recipient("ben@birch.example", "Ben Ito")]


@audience(PARCEL, "sourcing")
def sourcing(parcel: Parcel) -> list[Recipient]:
    return [Recipient("sol@birch.example", "Sol Vega")]


@audience(PARCEL, "privacy")
def privacy(parcel: Parcel) -> list[Recipient]:
    return [Recipient("ada@birch.example", "Ada Quist")]


@audience(PARCEL, "vendor")
def vendor(parcel: Parcel) -> list[Recipient]:
    return [Recipient("dee@vendor.example", "Dee Marsh")]


@audience(PARCEL, "holders")
def holders(parcel: Parcel) -> list[Recipient]:
    return sourcing(parcel)
