from vetting.navigation import NavEntry, register
from workflows.actors import Role

register(NavEntry("Home", "home", roles=None, order=10))
# Staff find the same search on their home page; the navigation has room for six.
register(
    NavEntry(
        "May I use…?",
        "requests:may_i_use",
        roles=frozenset({Role.REQUESTER, Role.SCHOOL_LEADER}),
        order=12,
    )
)
register(NavEntry("Requests", "requests:list", roles=None, order=20))
