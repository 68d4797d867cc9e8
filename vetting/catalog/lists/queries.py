"""The catalog in memory, as a list would find and change it: looking takes no lock and writes
nothing, however long the list is."""

from collections import defaultdict
from typing import Any

from vetting.catalog import rules
from vetting.catalog.lists.rules import Line
from vetting.catalog.models import Contact, Listing, Tool, ToolData, Vendor, VendorAlias
from vetting.people.models import District


class Looked:
    """Six reads; after that every answer is that of `commands.find_or_add_tool` and of the writing
    of a line, given by dictionaries. What would be new has a key below zero."""

    def __init__(self, district: District) -> None:
        self.vendors = list(Vendor.objects.order_by("pk"))
        self._by_key = {vendor.key: vendor for vendor in self.vendors}
        known = {vendor.pk: vendor for vendor in self.vendors}
        aliases = VendorAlias.objects.values_list("key", "vendor")
        self._aliases = {key: known[pk] for key, pk in aliases}
        self._by_domain: dict[str, list[Tool]] = defaultdict(list)
        self._by_name: dict[str, list[Tool]] = defaultdict(list)
        for tool in Tool.objects.order_by("pk"):
            tool.vendor = known[tool.vendor_id]
            self._keep(tool)
        self._emails = {(pk, email.lower()) for pk, email in
                        Contact.objects.values_list("vendor", "email")}  # fmt: skip
        self._data = set(ToolData.objects.values_list("tool", "element__slug"))
        rows = Listing.objects.filter(district=district)
        self._listings = {listing.tool_id: _said(listing) for listing in rows}
        self._new = 0

    def tool_of(self, line: Line) -> tuple[Tool, bool]:
        name, vendor, website = line.tool, line.vendor, line.website
        tool = self._at_address(name, website) or self._named(name, vendor, website)
        if tool is not None:
            if not tool.website and rules.domain_of(website):
                self.describe(tool, {"website": rules.web_address(website)})
            return tool, False
        maker = self._maker(vendor or name, website, guessed=not vendor.strip())
        same = [tool for tool in self._by_name[rules.fold(name)] if tool.vendor is maker]
        return (same[0], False) if same else (self._add_tool(name, maker, website), True)

    def describe(self, tool: Tool, fields: dict[str, Any]) -> None:
        if tool in self._by_domain[tool.domain]:
            self._by_domain[tool.domain].remove(tool)
        for name, value in fields.items():
            setattr(tool, name, value)
        tool.domain = rules.domain_of(tool.website)
        self._by_domain[tool.domain].append(tool)

    def takes(self, tool: Tool, slugs: tuple[str, ...]) -> bool:
        missing = {(tool.pk, slug) for slug in slugs} - self._data
        self._data |= missing
        return bool(missing)

    def meets(self, tool: Tool, line: Line) -> bool:
        key = (tool.vendor.pk, line.contact_email.lower())
        known = key in self._emails
        self._emails.add(key)
        return not known

    def lists(self, tool: Tool, wanted: dict[str, Any]) -> str:
        before = self._listings.get(tool.pk)
        self._listings[tool.pk] = wanted
        if before == wanted:
            return ""
        return "changed" if before else "new"

    def _keep(self, tool: Tool) -> None:
        self._by_domain[tool.domain].append(tool)
        self._by_name[tool.key].append(tool)

    def _at_address(self, name: str, website: str) -> Tool | None:
        return rules.tool_at(rules.fold(name), website, self._by_domain[rules.domain_of(website)])

    def _named(self, name: str, vendor: str, website: str) -> Tool | None:
        found = self._by_name[rules.fold(name)]
        if vendor.strip():
            maker = self._vendor_named(vendor)
            return next((tool for tool in found if tool.vendor is maker), None)
        if domain := rules.domain_of(website):
            found = [tool for tool in found if tool.domain in ("", domain)]
        return found[0] if len(found) == 1 else None

    def _vendor_named(self, name: str) -> Vendor | None:
        key = rules.fold_vendor(name)
        return self._by_key.get(key) or self._aliases.get(key)

    def _maker(self, name: str, website: str, *, guessed: bool) -> Vendor:
        if (known := self._vendor_named(name)) is not None:
            return known
        domain, key = rules.domain_of(website), rules.fold_vendor(name)
        if rules.says_which_tool(domain):
            makers = {tool.vendor.pk: tool.vendor for tool in self._by_domain[domain]}
            maker = next(iter(makers.values())) if len(makers) == 1 else None
            if maker and (guessed or rules.same_maker(key, maker.key)):
                if not guessed:
                    self._aliases[key] = maker
                return maker
        self._new -= 1
        made = Vendor(pk=self._new, key=key, name=" ".join(name.split()))
        self.vendors.append(made)
        self._by_key[key] = made
        return made

    def _add_tool(self, name: str, maker: Vendor, website: str) -> Tool:
        self._new -= 1
        address = rules.web_address(website)
        made = Tool(pk=self._new, name=name, key=rules.fold(name), vendor=maker, website=address,
                    domain=rules.domain_of(address))  # fmt: skip
        self._keep(made)
        return made


def _said(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in SAID}


SAID = ("licenses", "unlimited", "agreement_ends", "notes", "status_said")
