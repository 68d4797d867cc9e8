from django.urls import URLPattern, URLResolver, path

from vetting import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
