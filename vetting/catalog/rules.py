"""When two spellings are one vendor and two addresses one site; on plain values."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from rapidfuzz import fuzz

# What a company is, not what it is called.
LEGAL_FORMS = frozenset(
    {
        *("inc", "incorporated", "llc", "ltd", "limited", "corp", "corporation", "co", "company"),
        *(
            "plc",
            "pbc",
            "lp",
            "llp",
            "gmbh",
            "ag",
            "bv",
            "nv",
            "ab",
            "as",
            "aps",
            "oy",
            "sa",
            "sas",
        ),
        *("sarl", "srl", "pty", "pte"),
    }
)
# One address, many makers or many products: a domain that says nothing about which tool is meant.
SHARED_DOMAINS = frozenset(
    {
        *("google.com", "microsoft.com", "apple.com", "amazon.com", "adobe.com", "office.com"),
        *("live.com", "github.com", "facebook.com", "weebly.com", "sharepoint.com"),
    }
)
# RFC 2606 keeps .example for what is invented, so no list of registries has it: tests and the demo.
INVENTED = re.compile(r"(?:[\w-]+\.)*([\w-]+\.example)")
SLIP, SAME_NAME, NEAR_NAME, WORTH_SHOWING = 88, 90, 82, 72


@dataclass(frozen=True, slots=True)
class Named:
    """A tool as matching sees it; `spellings` are the vendor's folded names, aliases too."""

    pk: int
    key: str
    domain: str
    spellings: tuple[str, ...]


class Sited(Protocol):
    key: str
    website: str


S = TypeVar("S", bound=Sited)


@lru_cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def fold(text: str) -> str:
    """Letters and digits in lower case, accents gone, single blanks between: "Kahoot!" → "kahoot".

    A name without any letter or digit keeps its own characters, so that no two of them are one.
    """
    # Folded again afterwards: taking a script letter apart can leave a capital.
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and ")).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.sub(
        r"[^\w]+|_", " ", re.sub(r"(?<=[a-z])['\u2019.](?=[a-z]\b)", "", letters)
    ).split()
    return " ".join(words) or " ".join(text.casefold().split())


def fold_vendor(name: str) -> str:
    """A company's name without "the" in front and without its legal form at the end."""
    words = fold(name).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in LEGAL_FORMS | {"and"}:
        words.pop()
    return " ".join(words)


def host_of(website: str) -> str:
    """The host of a web address, lower case, without "www."; "" where there is none."""
    text = website.strip()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def domain_of(website: str) -> str:
    """The part of the host somebody registered ("www.a.co.uk/x" → "a.co.uk"), by the public list
    of suffixes; "" for an IP address, a bare suffix or no address at all."""
    host = host_of(website)
    if invented := INVENTED.fullmatch(host):
        return invented[1]
    return _suffixes().privatesuffix(host) or ""


def place_of(website: str) -> str:
    """Host and path, to tell two products of one site apart."""
    text = website.strip()
    path = urlsplit(text if "://" in text else f"//{text}").path if host_of(text) else ""
    return host_of(text) + path.rstrip("/")


def site_of(website: str) -> str:
    """Scheme and host, as a contract names a site ("https://Acme.com/x?y=1" → "https://acme.com")."""
    parts = urlsplit(web_address(website))
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}" if parts.netloc else ""


def web_address(website: str) -> str:
    """The address as we keep it, with its scheme; "" for what is no address of a site."""
    text = website.strip()
    if not domain_of(text) or " " in text or len(text) > 190:
        return ""
    return text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"


def says_which_tool(domain: str) -> bool:
    return bool(domain) and domain not in SHARED_DOMAINS


def same_maker(one: str, other: str) -> bool:
    """Whether two folded vendor names on one domain are spellings of one company."""
    first, second = sorted((one, other), key=len)
    return second.startswith(f"{first} ") or fuzz.WRatio(one, other) >= SAME_NAME


def same_tool(one: str, other: str) -> bool:
    """Whether two folded names on one domain differ by spelling only. "Quill Math" is not "Quill":
    an agreement names its products."""
    return nearly_spelt(one, other)


def tool_at(key: str, website: str, here: Sequence[S]) -> S | None:
    """Of the tools on the address's domain, oldest first: the one of that name, or at that page,
    or the only one spelt nearly so."""
    domain = domain_of(website)
    if not domain:
        return None
    same_name = [tool for tool in here if tool.key == key]
    same_page = [tool for tool in here if place_of(tool.website) == place_of(website)]
    if same_name or not says_which_tool(domain):
        return same_name[0] if same_name else None
    if len(same_page) == 1:
        return same_page[0]
    return here[0] if len(here) == 1 and same_tool(key, here[0].key) else None


def nearly_spelt(one: str, other: str) -> bool:
    """Whether two folded names look like one with a slip; "Grade 5" and "Grade 6" do not."""
    numbers = [re.sub(r"\D", "", name) for name in (one, other)]
    return numbers[0] == numbers[1] and fuzz.ratio(one, other) >= SLIP


def nearness(name: str, other: str) -> float:
    """0 to 100 for two folded tool names; whole words count, not their order."""
    return max(fuzz.ratio(name, other), fuzz.token_set_ratio(name, other) - 4)


def rank(text: str, tool: Named) -> float:
    """How well a search fits a tool, 0 to 100: its name, its address, its vendor."""
    query, domain = fold(text), domain_of(text)
    if domain and domain == tool.domain:
        return 100.0
    label = tool.domain.partition(".")[0]
    by_vendor = max((_fits(query, vendor) for vendor in tool.spellings), default=0.0)
    return max(_fits(query, tool.key), _fits(query, label) - 3, by_vendor - 5)


def _fits(query: str, name: str) -> float:
    if not query or not name:
        return 0.0
    if query == name:
        return 100.0
    if name.startswith(query) or f" {query}" in name:
        return 95.0
    # Two or three letters are near to everything.
    return fuzz.WRatio(query, name) * 0.95 if len(query) > 3 else 0.0


def ranked(text: str, tools: Iterable[Named], *, limit: int) -> list[tuple[int, float]]:
    """(pk, score) of the tools worth showing, best first; equal scores keep the given order."""
    scored = [(tool.pk, rank(text, tool)) for tool in tools]
    worth = [row for row in scored if row[1] >= WORTH_SHOWING]
    return sorted(worth, key=lambda row: -row[1])[:limit]


# The one element of the vocabulary that says nothing until somebody names what it is.
OTHER = "other"


def element_words(name: str, detail: str) -> str:
    """ "Other data: locker number" in place of "Other data (name it)"."""
    return f"{name.removesuffix(' (name it)')}: {detail}" if detail else name


# What one person may type there; several who ask together may have said more.
LONGEST_NAMES = 1000


def same_data(name: str) -> str:
    """Two names mean one thing where this is one: letter case and blanks say nothing."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def _things(detail: str) -> dict[str, str]:
    """Where several are named with semicolons between them: `same_data` to how it was first
    spelled."""
    found: dict[str, str] = {}
    for part in (" ".join(part.split()) for part in detail.split(";")):
        if part:
            found.setdefault(same_data(part), part)
    return found


def named_parts(name: str, detail: str) -> list[str]:
    """Each thing of its own."""
    return [element_words(name, part) for part in _things(detail).values()] or [name]


def named_together(first: str, second: str) -> str:
    """Both lists as one, each thing once."""
    return "; ".join(_things(f"{first};{second}").values())


def names_more(held: str, asked: str) -> bool:
    """Whether a list names anything that the other does not."""
    return bool(_things(asked).keys() - _things(held).keys())
