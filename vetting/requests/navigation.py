from vetting.navigation import NavEntry, register

register(NavEntry("Home", "home", roles=None, order=10))
register(NavEntry("May I use…?", "requests:may_i_use", roles=None, order=18))
register(NavEntry("Requests", "requests:list", roles=None, order=20))
