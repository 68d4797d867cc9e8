from django.urls import path

from contracts.signing.views import district, progress, vendor, verify

app_name = "signing"

urlpatterns = [
    path("vendor/<str:token>/", vendor.page, name="vendor"),
    path("vendor/<str:token>/accept/", vendor.accept, name="accept"),
    path("vendor/<str:token>/changes/", vendor.changes, name="changes"),
    path("vendor/<str:token>/decline/", vendor.decline, name="decline"),
    path("vendor/<str:token>/sign/", vendor.sign, name="vendor_sign"),
    path("vendor/<str:token>/signatory/", vendor.signatory, name="signatory"),
    path("vendor/<str:token>/new-link/", vendor.new_link, name="new_link"),
    path("vendor/<str:token>/files/<str:which>", vendor.file, name="vendor_file"),
    path("agreements/<str:code>/sign/", district.page, name="sign"),
    path("agreements/<str:code>/sign/not-as-it-is/", district.question, name="question"),
    path("agreements/<str:code>/sign/document.pdf", district.document, name="document"),
    path("agreements/<str:code>/ask-again/", progress.ask_again, name="ask_again"),
    path("agreements/<str:code>/seal-again/", progress.seal_again, name="seal_again"),
    path("verify/", verify.page, name="verify"),
]
