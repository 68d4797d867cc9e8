from django.urls import URLPattern, URLResolver, include, path

from vetting import health
from vetting.requests.views import listing

handler500 = "vetting.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", listing.home, name="home"),
    path("search/", listing.search, name="search"),
    path("", include("vetting.requests.urls")),
    path("", include("vetting.agenda.urls")),
    path("", include("vetting.screening.urls")),
    path("", include("vetting.people.sign_in_urls")),
    path("", include("vetting.policy.urls")),
    path("settings/list/", include("vetting.catalog.urls")),
    path("settings/levels/", include("vetting.levels.urls")),
    path("settings/", include("vetting.people.urls")),
    path("operations/", include("vetting.operations.urls")),
    path("brand/", include("vetting.people.brand_urls")),
    path("registry/", include("contracts.registry.urls")),
    path("demo/", include("contracts.demo.urls")),
    path("", include("contracts.signing.urls")),
    path("", include("contracts.agreements.urls")),
]
