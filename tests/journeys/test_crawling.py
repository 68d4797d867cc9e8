"""The crawl sees what it is there to see."""

from django.test import Client

from tests.factories.world import World
from tests.journeys.crawling import Crawl, Page, links_of, worth_opening
from vetting.people.models import User


def page(text: str, address: str = "/requests/?view=all") -> Page:
    return Page("owner", "requests:list", "", address, f"<html><body>{text}</body></html>")


def test_two_headings_a_step_too_far_and_no_title_are_seen() -> None:
    assert page("<title>Requests</title><h1>Requests</h1><h2>a</h2><h3>b</h3>").faults() == []
    assert page("<title>Requests</title><h1>a</h1><h3>b</h3>").faults() == ["h1 before h3"]
    assert page("<h1>One</h1><h1>Two</h1>").faults() == ["2 h1", "no title"]
    assert page("<title> · Juniper</title>").faults() == ["0 h1", "no title"]


def test_links_are_followed_within_the_product_only() -> None:
    offered = page(
        '<a href="/due/#late">a</a><a href="?view=open">b</a><a href="https://x.example">c</a>'
        '<a href="//x.example/">d</a><a href="/static/logo.svg">e</a><a href="mailto:a@x">f</a>'
        '<form action="/search/"></form><form method="post" action="/requests/new/"></form>'
    )
    assert list(links_of(offered)) == ["/due/", "/requests/?view=open", "/search/"]


def test_a_link_to_nowhere_is_a_fault() -> None:
    crawl = Crawl(World({}, User()), "owner", Client()).run(["/no/such/page/"])
    assert crawl.faults == ["owner: the start leads to /no/such/page/, which is nowhere"]


def test_other_words_are_no_other_page_and_another_kind_of_thing_is() -> None:
    one, two = page('<p class="late">Due Monday</p>'), page('<p class="late">Due Friday</p>')
    assert one.shape == two.shape
    assert not page('<p class="late"><b>Due</b> Monday</p>').shape <= one.shape


def test_pages_are_opened_until_every_kind_of_thing_was_seen() -> None:
    small, large = page("<p>a</p>", "/a/"), page("<p>b</p><b>c</b><i>d</i>", "/b/")
    other = page("<p>e</p><u>f</u>", "/c/")
    assert worth_opening([small, other, large]) == [large, other]
    assert worth_opening([]) == []
