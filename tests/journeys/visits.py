"""Who comes to look at the world, and where each of them begins."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.architecture.permissions import vendor
from tests.architecture.permissions.rows import EVE, HOUSE, NOBODY
from tests.factories.world import World
from tests.journeys.crawling import Crawl

JUNIPER = "/registry/?district=juniper"
PUBLIC = ["/registry/", JUNIPER, f"{JUNIPER}&q=nothing", "/verify/", "/sign-in/"]
# Pages that a mail or a form leads to, not a link: they are opened by their address.
BY_MAIL_OR_FORM = {
    "/sign-up/": "an old link; the page says that a district adds its people",
    "/sign-in/inactive/": "after a sign-in whose access has ended",
    "/password/reset/sent/": "after the form",
    "/password/reset/1-no-key/": "the mail's link, too old",
    "/password/reset/done/": "after the form",
}
# For the owner of the requests: these need somebody signed in.
SIGNED_IN = {
    "/sign-in/again/": "before something that needs the password again",
    "/requests/new/": "a link that somebody was sent; on pages it is a button",
    "/settings/district/": "offered to those who belong to two districts",
    "/sign-out/": "a button in the menu",
}
ADMINS = {
    "/settings/list/check/": "after a list was uploaded",
    "/settings/closures/calendar/days/": "after a calendar file was uploaded",
}
# Typed into a search.
SEARCHES = {
    "/may-i-use/?q=math+meadow": "somebody asks for it already",
    "/may-i-use/?q=lab+lantern": "it is approved",
    "/may-i-use/?q=zzzz": "nothing is found",
}
FINDS = {
    "/search/?q=math": "requests and tools",
    "/search/?q=zzzz": "nothing",
    "/requests/?q=zzzz": "nothing",
}
# Of all rules one example is followed from the list: here is one that has something to ask of it.
LAWS = {"/rules/ndpa.v1.breach/?ask=1": "a date is asked for, and it can be read otherwise"}
MORE = {
    "owner": SIGNED_IN,
    "admin": ADMINS,
    "requester": SEARCHES,
    "privacy": FINDS,
    "legal": LAWS,
}


def crawls(world: World) -> Iterator[Crawl]:
    """The staff from Home, eve where nothing has happened yet, anybody from the public pages, the
    vendor from each link."""
    for who in (*HOUSE, EVE):
        client = Client()
        client.force_login(world.user(who))  # type: ignore[arg-type]
        if who == "admin":
            upload(client)
        yield Crawl(world, who, client).run([*MORE.get(who, {}), "/"])
    yield Crawl(world, NOBODY, Client()).run([*PUBLIC, *BY_MAIL_OR_FORM])
    for link in vendor.LIVE:
        cache.clear()
        yield Crawl(world, f"vendor {link}", Client()).run([f"/vendor/{world.links[link]}/"])


def upload(client: Client) -> None:
    """A list and a calendar file wait to be looked at."""
    file = SimpleUploadedFile("tools.csv", b"Tool,Vendor,Status\nQuill Quest,Quill,Approved\n")
    assert client.post("/settings/list/", {"file": file}).status_code == 302
    day = timezone.localdate() + timedelta(days=50)
    event = f"BEGIN:VEVENT\nDTSTART:{day:%Y%m%d}\nSUMMARY:Winter break\nEND:VEVENT"
    school = SimpleUploadedFile("school.ics", f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR".encode())
    assert client.post("/settings/closures/calendar/", {"file": school}).status_code == 302
