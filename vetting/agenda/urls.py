from django.urls import path

from vetting.agenda.views import calendar, closing, dates, feed, year

app_name = "agenda"
urlpatterns = [
    path("agenda/", dates.mine, name="mine"),
    path("agenda/year/", year.page, name="year"),
    path("agenda/year.json", year.as_json, name="year_json"),
    path("agenda/calendar/", calendar.page, name="calendar"),
    path("agenda/calendar/address/", calendar.address, name="address"),
    path("agenda/calendar/close/", calendar.close, name="close"),
    path("calendar/<str:token>.ics", feed.file, name="feed"),
    path("settings/closures/calendar/", closing.bring, name="bring"),
    path("settings/closures/calendar/days/", closing.choose, name="choose"),
    path("settings/closures/calendar/drop/", closing.drop, name="drop"),
]
