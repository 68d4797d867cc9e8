from django.urls import path, register_converter

from contracts.registry import api, views

app_name = "registry"


class WhichFile:
    regex = "agreement|certificate"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(WhichFile, "which_file")

urlpatterns = [
    path("", views.tools, name="tools"),
    path("tools.json", api.tools_json, name="tools_json"),
    path("tools.csv", api.tools_csv, name="tools_csv"),
    path("tools/<str:code>/", views.tool, name="tool"),
    path("contracts/", views.contracts, name="contracts"),
    path("contracts/<str:code>/<which_file:which>.pdf", views.file, name="file"),
]
