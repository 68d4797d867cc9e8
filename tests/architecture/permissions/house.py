"""Settings, the sign-in, the public pages and what machines ask."""

from tests.architecture.permissions.rows import (
    ADMIN,
    AWAY,
    DONE,
    EVE,
    INVALID,
    LEAD,
    LEGAL,
    NOBODY,
    NOTHING,
    OFFICE,
    OK,
    SIGN_IN,
    AnyRow,
    Open,
    Row,
)

SETTINGS: list[AnyRow] = [
    Open(name="people:settings", get=AWAY, post=AWAY),
    Row(name="people:people", sees=(ADMIN,), post=OK),
    Row(name="people:add_person", sees=(ADMIN,), post=INVALID),
    # No role was ticked: from now on they hold none.
    Row(name="people:person", of="person", sees=(ADMIN,), post=DONE),
    Row(name="people:away", of="person", sees=(ADMIN,), get=None, post=INVALID),
    Row(name="people:end", of="person", sees=(ADMIN,), get=None, post=DONE),
    # Their access never ended: there is nobody to give it back to.
    Row(name="people:restore", of="person", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="people:district", sees=(ADMIN,), post=INVALID),
    Row(name="people:schools", sees=(ADMIN,), post=INVALID),
    Row(name="people:gate", sees=(ADMIN,), get=None, post=AWAY),
    Row(name="people:school", of="school", sees=(ADMIN,), post=INVALID),
    Row(name="people:close", of="school", sees=(ADMIN,), get=None, post=DONE),
    Row(name="people:reopen", of="school", sees=(ADMIN,), get=None, post=AWAY),
    Row(name="people:closures", sees=(ADMIN,), post=INVALID),
    Row(name="people:remove_closure", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="levels:table", sees=(ADMIN, LEAD), post=OK),
    # The steps are the same in every district.
    Row(
        name="levels:step",
        of="step",
        sees=(ADMIN, LEAD),
        post=INVALID,
        reads={EVE: OK},
        but={EVE: INVALID},
    ),
    Row(name="people:authority", sees=(ADMIN,), post=INVALID),
    Row(name="people:remove_authority", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="people:record", sees=(ADMIN,), post=OK),
    Row(name="people:my_absence", post=INVALID),
    Row(name="people:districts", post=OK),
    Row(name="people:choose_district", get=None, post=NOTHING),
    Row(name="catalog:bring", sees=(ADMIN,), post=INVALID),
    # Nothing was uploaded: back to the page that asks for the list.
    Row(name="catalog:check", sees=(ADMIN,), get=AWAY, post=AWAY),
    Row(name="catalog:take", sees=(ADMIN,), get=None, post=AWAY),
    Row(name="catalog:drop", sees=(ADMIN,), get=None, post=AWAY),
]
AGENDA: list[AnyRow] = [
    Row(name="agenda:mine"),
    Row(name="agenda:year", sees=OFFICE),
    Row(name="agenda:year_json", sees=OFFICE),
    Row(name="agenda:calendar"),
    # The answer shows the new address, once.
    Row(name="agenda:address", get=None, post=OK),
    Row(name="agenda:close", get=None, post=DONE),
    Row(name="agenda:bring", sees=(ADMIN,), post=INVALID),
    # No file was read: back to the page that asks for it.
    Row(name="agenda:choose", sees=(ADMIN,), get=AWAY, post=AWAY),
    Row(name="agenda:drop", sees=(ADMIN,), get=None, post=AWAY),
    Open(name="agenda:feed", of="calendar"),
    Open(name="agenda:feed", of="wrong calendar", get=NOTHING),
    Open(name="agenda:feed", of="expired calendar", get=NOTHING),
    Open(name="agenda:feed", of="closed calendar", get=NOTHING),
    Open(name="agenda:feed", of="calendar of somebody who left", get=NOTHING),
]
POLICY: list[AnyRow] = [
    Row(name="policy:rules"),
    Row(name="policy:rule", of="own rule"),
    Row(name="policy:own"),
    # It has rules of its own already; at home eve's has none, and may begin.
    Row(
        name="policy:start", sees=(LEAD, ADMIN), get=AWAY, post=AWAY,
        reads={EVE: OK}, but={EVE: OK},
    ),
    Row(name="policy:add", query="?kind=duty", sees=(LEAD, ADMIN), post=INVALID),
    Row(name="policy:change", of="own rule", sees=(LEAD, ADMIN), post=INVALID),
    Row(name="policy:end_rule", of="own rule", sees=(LEAD, ADMIN), post=INVALID),
    Row(name="policy:override", query="?rule=ndpa.v1.breach", sees=(LEAD, LEGAL), post=INVALID),
    Row(name="policy:end_override", sees=(LEAD, LEGAL), get=None, post=NOTHING),
    Row(name="policy:school_years", sees=(ADMIN,), post=INVALID),
    Row(name="policy:remove_school_year", sees=(ADMIN,), get=None, post=NOTHING),
]  # fmt: skip
OPERATIONS: list[AnyRow] = [
    Row(name="operations:page", sees=(ADMIN,)),
    # No number was sent: no such row. Nothing was given up: a sentence says so.
    Row(name="operations:message_again", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="operations:message_let_go", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="operations:deadline_again", sees=(ADMIN,), get=None, post=NOTHING),
    Row(name="operations:all_again", sees=(ADMIN,), get=None, post=AWAY),
]
DOORS: list[AnyRow] = [
    Open(name="account_login", get=AWAY, post=AWAY, but={NOBODY: (OK, OK)}),
    Open(name="account_logout", post=DONE, but={NOBODY: (AWAY, AWAY)}),
    Open(name="account_signup", get=AWAY, post=AWAY, but={NOBODY: (OK, OK)}),
    Open(name="account_reauthenticate", post=OK, but={NOBODY: (SIGN_IN, SIGN_IN)}),
    Open(name="account_inactive"),
    Open(name="account_change_password", post=OK, but={NOBODY: (SIGN_IN, SIGN_IN)}),
    # Everybody has a password already: the page to change it.
    Open(name="account_set_password", get=AWAY, post=AWAY, but={NOBODY: (SIGN_IN, SIGN_IN)}),
    Open(name="account_reset_password", post=OK),
    Open(name="account_reset_password_done"),
    Open(name="account_reset_password_from_key", of="password mail", post=OK),
    Open(name="account_reset_password_from_key_done"),
]
PUBLIC: list[AnyRow] = [
    Open(name="/healthz"),
    Open(name="/readyz", get=503),
    Open(name="registry:tools", query="?district=juniper"),
    Open(name="registry:tools_json", query="?district=juniper"),
    Open(name="registry:tools_csv", query="?district=juniper"),
    Open(name="registry:tool", of="approved tool", query="?district=juniper"),
    Open(name="registry:tool", of="tool in triage", query="?district=juniper", get=NOTHING),
    Open(name="registry:contracts", query="?district=juniper"),
    Open(name="registry:file", of="agreement in in_force"),
    Open(name="registry:file", of="agreement in with_vendor", get=NOTHING),
    Open(name="brand:color", of="brand"),
    Open(name="brand:logo", of="brand"),
    Open(name="brand:color", of="former brand", get=NOTHING),
    Open(name="brand:logo", of="former brand", get=NOTHING),
    Open(name="signing:verify", post=INVALID),
    # The demo's mailbox is there in the demo only.
    Open(name="demo:mails", get=NOTHING),
    Open(name="demo:mail", of="demo mail", get=NOTHING),
]
