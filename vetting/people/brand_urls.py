"""Open to everybody: a district's color and logo stand on its public pages too."""

from django.urls import path

from vetting.people.views import district

app_name = "brand"
urlpatterns = [
    path("<slug:code>/<slug:digits>.css", district.color, name="color"),
    path("<slug:code>/<int:number>.png", district.logo, name="logo"),
]
