from django.urls import path

from vetting.screening.views import acts, screening, settings

app_name = "screening"
urlpatterns = [
    path("requests/<slug:code>/screening/", screening.screening, name="screening"),
    path("requests/<slug:code>/screening/<int:number>/", screening.past, name="past"),
    path("requests/<slug:code>/screening/answer/<slug:question>/", acts.answer, name="answer"),
    path("requests/<slug:code>/screening/basis/", acts.basis, name="basis"),
    path("requests/<slug:code>/screening/findings/", acts.add, name="add"),
    path("requests/<slug:code>/screening/findings/<int:finding>/", acts.settle, name="settle"),
    path("settings/questionnaires/", settings.questionnaires, name="questionnaires"),
    path(
        "settings/questionnaires/<slug:slug>/<int:version>/",
        settings.questionnaire,
        name="questionnaire",
    ),
]
