from django.urls import path

from vetting.policy.views import explained

app_name = "policy"
urlpatterns = [
    path("dates/<code>/", explained.explained, name="explained"),
    path("dates/<code>.json", explained.explained_json, name="explained_json"),
]
