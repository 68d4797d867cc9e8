from django.urls import path

from contracts.agreements.views import (
    detail,
    drafting,
    ending,
    files,
    keeping,
    listing,
    reviewing,
)
from contracts.agreements.views.answering import found
from vetting.policy.views.dates import routes
from vetting.worklist.views import work_view

app_name = "agreements"
urlpatterns = [
    path("agreements/", listing.agreements, name="list"),
    path("agreements/<slug:code>/", detail.detail, name="detail"),
    path("agreements/<slug:code>/exhibits/", drafting.exhibits, name="exhibits"),
    path("agreements/<slug:code>/work/<slug:node>/", work_view(found), name="work"),
    path("agreements/<slug:code>/issue/", detail.issue, name="issue"),
    path("agreements/<slug:code>/review/", reviewing.review, name="review"),
    path(
        "agreements/<slug:code>/review/take-back/",
        reviewing.withdraw_verdict,
        name="withdraw_verdict",
    ),
    path("agreements/<slug:code>/send/", reviewing.send, name="send"),
    path("agreements/<slug:code>/take-back/", detail.take_back, name="take_back"),
    path("agreements/<slug:code>/accept/", detail.accept, name="accept"),
    path("agreements/<slug:code>/counter/", detail.counter, name="counter"),
    path("agreements/<slug:code>/board/", ending.board, name="board"),
    path("agreements/<slug:code>/terminate/", ending.terminate, name="terminate"),
    path("agreements/<slug:code>/owner/", keeping.owner, name="owner"),
    path("agreements/<slug:code>/abandon/", detail.abandon, name="abandon"),
    path("agreements/<slug:code>/files/<int:number>/<slug:kind>/", files.download, name="file"),
    *routes("agreements/<slug:code>/", found),
    path("requests/<slug:code>/draft-agreement/", drafting.draft, name="draft"),
]
