from django.urls import path

from vetting.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.bring, name="bring"),
    path("check/", views.check, name="check"),
    path("take/", views.take, name="take"),
    path("drop/", views.drop, name="drop"),
]
