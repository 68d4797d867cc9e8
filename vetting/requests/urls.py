from django.urls import path

from vetting.policy.views.dates import routes
from vetting.requests.views import asking, correcting, deciding, detail, due, listing, ruling
from vetting.requests.views.answering import found
from vetting.worklist.views import work_view

app_name = "requests"
urlpatterns = [
    path("may-i-use/", asking.may_i_use, name="may_i_use"),
    path("may-i-use/<slug:code>/join/", asking.join, name="join"),
    path("due/", due.due, name="due"),
    path("requests/", listing.requests, name="list"),
    path("requests/new/", asking.start, name="start"),
    path("requests/<slug:code>/", detail.detail, name="detail"),
    path("requests/<slug:code>/continue/", detail.go_on, name="continue"),
    path("requests/<slug:code>/edit/<slug:page>/", asking.edit, name="edit"),
    path("requests/<slug:code>/work/<slug:node>/", work_view(found), name="work"),
    path("requests/<slug:code>/triage/", deciding.triage, name="triage"),
    path("requests/<slug:code>/rules/", ruling.rules_page, name="rules"),
    path("requests/<slug:code>/rules.json", ruling.rules_json, name="rules_json"),
    path("requests/<slug:code>/settle/", deciding.settle, name="settle"),
    path("requests/<slug:code>/route/", deciding.route, name="route"),
    path("requests/<slug:code>/ask-privacy/", deciding.ask_privacy, name="ask_privacy"),
    path("requests/<slug:code>/ask/", deciding.ask, name="ask"),
    path("requests/<slug:code>/answer/", correcting.answer, name="answer"),
    path("requests/<slug:code>/data/", correcting.data, name="data"),
    path("requests/<slug:code>/decide/", deciding.decide, name="decide"),
    path("requests/<slug:code>/cover/", deciding.cover, name="cover"),
    path("requests/<slug:code>/decline/", deciding.decline, name="decline"),
    path("requests/<slug:code>/suspend/", deciding.suspend, name="suspend"),
    path("requests/<slug:code>/reinstate/", deciding.reinstate, name="reinstate"),
    path("requests/<slug:code>/endorse/", detail.endorse, name="endorse"),
    path("requests/<slug:code>/send-back/", detail.send_back, name="send_back"),
    path("requests/<slug:code>/reroute/", detail.reroute, name="reroute"),
    path("requests/<slug:code>/withdraw/", detail.withdraw, name="withdraw"),
    path("requests/<slug:code>/nudge/", detail.nudge, name="nudge"),
    path("requests/<slug:code>/retire/", detail.retire, name="retire"),
    path("requests/<slug:code>/reopen/", detail.reopen, name="reopen"),
    *routes("requests/<slug:code>/", found),
]
