"""The invented vendors and their tools. No such company exists; `.example` can never be bought."""

from dataclasses import dataclass

from vetting.catalog import commands
from vetting.catalog.models import Contact, Vendor
from workflows.actors import system

BY = system("demo")


@dataclass(frozen=True, slots=True)
class Product:
    """`signer` signs for the vendor: name and title; the address is on the vendor's domain."""

    tool: str
    vendor: str
    domain: str
    signer: str
    title: str = "Privacy counsel"
    address: str = "200 Invented Avenue, Denver, CO 80200"

    @property
    def website(self) -> str:
        return f"https://{self.domain}"


PRODUCTS = {
    product.tool: product
    for product in (
        Product("Reading Ladder", "Ladder Labs, Inc.", "readingladder.example", "Dee Vance"),
        Product("Sprout Math", "Sproutworks LLC", "sproutmath.example", "Omar Fielding"),
        Product("Fernwood LMS", "Fernwood Learning, Inc.", "fernwood.example", "Petra Lindqvist"),
        Product("Kestrel Gradebook", "Kestrel Systems", "kestrelgrades.example", "Nils Abara"),
        Product("Lumen Labs", "Lumen Science Co.", "lumenlabs.example", "Tara Quist"),
        Product("Palaver", "Palaver Languages B.V.", "palaver.example", "Joost de Wit"),
        Product("CodeBurrow", "Burrow Software, Inc.", "codeburrow.example", "Amy Larkspur"),
        Product("Tidepool Notes", "Tidepool Studio LLC", "tidepoolnotes.example", "Rafi Stone"),
        Product("MosaicBoard", "Mosaic Classrooms, Inc.", "mosaicboard.example", "Lena Frost"),
        Product("Harmonica", "Harmonica Music LLC", "harmonicamusic.example", "Gus Albright"),
        Product("BusBuddy", "Routewise, Inc.", "busbuddy.example", "Yara Costa"),
        Product("QuillCoach", "Quillwork Learning, Inc.", "quillcoach.example", "Ned Harrow"),
        Product("PixelPress", "PixelPress Media", "pixelpress.example", "Suki Oren"),
        Product("StudyHive", "Hivemind Ventures", "studyhive.example", "Chad Wexler"),
        Product("Vista Counsel", "Vista Guidance Corp.", "vistacounsel.example", "Ilse Marten"),
        Product("Arbor Assess", "Arbor Measurement, Inc.", "arborassess.example", "Hal Ibsen"),
        Product("Wayfinder Maps", "Wayfinder Geo LLC", "wayfindermaps.example", "Mo Tran"),
        Product("Clover Clubs", "Clover Civic, Inc.", "cloverclubs.example", "Bo Sung"),
        Product("Marble Physics", "Marble Run Studio", "marblephysics.example", "Ida Noll"),
        Product("SafeHall Pass", "SafeHall, Inc.", "safehall.example", "Vic Turner"),
        Product("StarChart Kids", "StarChart Apps", "starchartkids.example", "Ty Bell"),
        Product("Beacon Behavior", "Beacon Schools LLC", "beaconbehavior.example", "Max Orr"),
        Product("Torch Trades", "Torch Training, Inc.", "torchtrades.example", "Peg Lowe"),
        Product("Chatterbox AI", "Chatterbox Labs", "chatterboxai.example", "Zed Marsh"),
        Product("Openleaf Reader", "Openleaf Foundation", "openleaf.example", "Win Okoro"),
        Product("NumberNook", "Nook Games LLC", "numbernook.example", "Fay Dunn"),
        Product("GlimpseCam", "Glimpse Optics", "glimpsecam.example", "Roy Pell"),
        Product("Driftwood Quiz", "Driftwood Play LLC", "driftwoodquiz.example", "Kim Hale"),
        Product("Paperlark", "Lark Paperless, Inc.", "paperlark.example", "Una Blythe"),
        Product("Kestrel Gradebooks", "Kestrel Robotics", "kestrelbooks.example", "Abe Lyle"),
        Product("Cinder Chat", "Cinder Messaging", "cinderchat.example", "Dot Winters"),
        Product("Ember Attendance", "Ember Rollcall LLC", "emberattend.example", "Jo Fenn"),
        Product("Sketchloft", "Loft Creative, Inc.", "sketchloft.example", "Ray Soto"),
        Product("Openwell Drills", "Openwell Project", "openwell.example", "Nan Oduya"),
        Product("Cliphaven", "Cliphaven Audio", "cliphaven.example", "Sy Becker"),
        Product("Timerbird", "Timerbird", "timerbird.example", "Cy Rowe"),
        Product("Giggle Games", "Giggle Media Group", "gigglegames.example", "Bex Tate"),
        Product("Rubric Rocket", "Rocket Rubrics LLC", "rubricrocket.example", "Mel Nash"),
        Product("Trailmark", "Trailmark Outdoors", "trailmark.example", "Eli Crane"),
    )
}


def add_vendors() -> dict[str, Contact]:
    """Each vendor with its signatory, by tool. The tools come with the requests that name them."""
    return {product.tool: _add(product) for product in PRODUCTS.values()}


def _add(product: Product) -> Contact:
    vendor: Vendor = commands.add_vendor(
        name=product.vendor, website=product.website, address=product.address, by=BY
    )
    first = product.signer.split()[0].lower()
    return commands.add_contact(
        vendor=vendor,
        name=product.signer,
        email=f"{first}@{product.domain}",
        title=product.title,
        phone="720-555-0140",
        signs=True,
        by=BY,
    )
