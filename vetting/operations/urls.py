from django.urls import path

from vetting.operations.views import buttons, page

app_name = "operations"
urlpatterns = [
    path("", page.page, name="page"),
    path("message/again/", buttons.message_again, name="message_again"),
    path("message/let-go/", buttons.message_let_go, name="message_let_go"),
    path("deadline/again/", buttons.deadline_again, name="deadline_again"),
    path("messages/again/", buttons.all_again, name="all_again"),
]
