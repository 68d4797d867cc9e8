from django.urls import path

from vetting.levels import views

app_name = "levels"
urlpatterns = [
    path("", views.table, name="table"),
    path("<str:slug>/", views.step, name="step"),
]
