"""A person before a page: opens it, fills in one of its forms, and presses."""

from collections.abc import Mapping
from typing import Any

import lxml.html
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from vetting.people.models import User

FAULTS = "usa-alert--error", "usa-error-message"


class NotDone(Exception):
    """What the page answered instead."""


class Browser:
    """One browser for everybody who is played; `user` None is the vendor, who has a link."""

    def __init__(self) -> None:
        self._clients: dict[int | None, Client] = {}

    def client(self, user: User | None) -> Client:
        key = user.pk if user else None
        if key not in self._clients:
            self._clients[key] = Client()
            if user:
                self._clients[key].force_login(user)
        return self._clients[key]

    def press(
        self, user: User | None, page: str, to: str, /, *key: object, **typed: object
    ) -> None:
        """Open `page`, fill in its form that goes to the url named `to`, and send it.

        What the form holds already is sent with it; `typed` overwrites, and `*-value` stands for
        every field that ends so and holds nothing. Raises NotDone.
        """
        cache.clear()  # the vendor's visits are counted
        address = reverse(to, args=key)
        form = self._form(user, page, address)
        if form is None:
            raise NotDone(f"{page} has no form to {address}")
        response = self.client(user).post(address, typed_into(form, typed))
        if response.status_code >= 400:
            raise NotDone(f"{address} answered {response.status_code}: {faults_on(response)}")

    def _form(self, user: User | None, page: str, address: str) -> Any:
        response = self.client(user).get(page)
        if response.status_code != 200:
            raise NotDone(f"{page} answered {response.status_code}")
        forms = lxml.html.fromstring(response.content).forms
        to_it = (f for f in forms if f.method == "POST" and (f.get("action") or page) == address)
        return next(to_it, None)


def typed_into(form: Any, typed: Mapping[str, object]) -> dict[str, Any]:
    """What a browser would send; a name that comes twice is a list, a choice not made its first."""
    found: dict[str, Any] = {}
    nothing = set(form.xpath('.//input[@type="radio"][@checked][@value=""]/@name'))
    for name, value in form.form_values():
        # lxml sends "on" for a choice whose value is empty, a browser what stands there.
        found.setdefault(name, []).append("" if name in nothing else value)
    for name, value in typed.items():
        names = [one for one in form.fields if one.endswith(name[1:]) and not _said(found, one)]
        found |= dict.fromkeys(names if name.startswith("*") else [name], value)
    return found


def _said(found: Mapping[str, list[str]], name: str) -> bool:
    return any(value.strip() for value in found.get(name, []))


def faults_on(response: Any) -> str:
    tree = lxml.html.fromstring(response.content)
    told = [one for name in FAULTS for one in tree.find_class(name)]
    return " ".join(" ".join(one.text_content().split()) for one in told)
