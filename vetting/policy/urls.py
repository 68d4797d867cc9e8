from django.urls import path

from vetting.policy.views import explained, listing, overriding, own, rule, years

app_name = "policy"
urlpatterns = [
    path("settings/school-years/", years.school_years, name="school_years"),
    path("settings/school-years/remove/", years.remove, name="remove_school_year"),
    path("rules/", listing.rules, name="rules"),
    path("rules/own/", own.own, name="own"),
    path("rules/own/start/", own.start, name="start"),
    path("rules/own/add/", own.add, name="add"),
    path("rules/own/<str:name>/change/", own.change, name="change"),
    path("rules/own/<str:name>/end/", own.end, name="end_rule"),
    path("rules/otherwise/", overriding.override, name="override"),
    path("rules/otherwise/end/", overriding.end, name="end_override"),
    path("rules/<str:name>/", rule.rule, name="rule"),
    path("dates/<code>/", explained.explained, name="explained"),
    path("dates/<code>.json", explained.explained_json, name="explained_json"),
]
