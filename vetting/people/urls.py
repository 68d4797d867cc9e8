from django.urls import path
from django.views.generic import RedirectView

from vetting.people.views import district, mine, persons, places

app_name = "people"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="people:people"), name="settings"),
    path("people/", persons.people, name="people"),
    path("people/add/", persons.add, name="add_person"),
    path("people/<slug:code>/", persons.person, name="person"),
    path("people/<slug:code>/away/", persons.away, name="away"),
    path("people/<slug:code>/end/", persons.end, name="end"),
    path("people/<slug:code>/restore/", persons.restore, name="restore"),
    path("about/", district.district, name="district"),
    path("schools/", places.schools, name="schools"),
    path("school-gate/", places.gate, name="gate"),
    path("schools/<slug:code>/", places.school, name="school"),
    path("schools/<slug:code>/close/", places.close, {"verb": "close"}, name="close"),
    path("schools/<slug:code>/reopen/", places.close, {"verb": "reopen"}, name="reopen"),
    path("closures/", places.closures, name="closures"),
    path("closures/remove/", places.remove_closure, name="remove_closure"),
    path("authority/", places.authority, name="authority"),
    path("authority/remove/", places.remove_authority, name="remove_authority"),
    path("record/", mine.record, name="record"),
    path("away/", mine.away, name="my_absence"),
    path("district/", mine.districts, name="districts"),
    path("district/choose/", mine.choose_district, name="choose_district"),
]
