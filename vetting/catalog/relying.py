"""Who relies on a tool's shared facts: rooms to the right of the catalog say so for themselves."""

from collections.abc import Callable

from vetting.catalog.models import Listing, Tool, Vendor
from vetting.people.models import District

# Whether any district but this one relies on what the catalog says of the tool.
Relying = Callable[[Tool, District], bool]
_rooms: dict[str, Relying] = {}


def relies(room: str) -> Callable[[Relying], Relying]:
    """Register how a room's cases of other districts rely on a tool."""

    def register(function: Relying) -> Relying:
        _rooms[room] = function
        return function

    return register


def others_rely_on(tool: Tool, district: District) -> bool:
    return any(rely(tool, district) for rely in _rooms.values())


def vendor_relied_on(vendor: Vendor, district: District) -> bool:
    return any(others_rely_on(tool, district) for tool in vendor.tools.all())


@relies("catalog")
def listed_elsewhere(tool: Tool, district: District) -> bool:
    return Listing.objects.filter(tool=tool).exclude(district=district).exists()
