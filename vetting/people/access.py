"""Who may see a page. What a page shows comes from queries that take the actor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflows.actors import ROLE_NAMES, Role

View = Callable[..., HttpResponse]


def sign_in_required(view: View) -> View:
    """For anybody who belongs to a district; others are asked to sign in first."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return turned_away(request) or view(request, *args, **kwargs)

    return gated


def roles_required(*roles: Role) -> Callable[[View], View]:
    """For people who hold one of these roles (a privacy lead counts as privacy team)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if answer := turned_away(request):
                return answer
            must_have(request, *roles)
            return view(request, *args, **kwargs)

        return gated

    return decorate


def must_have(request: HttpRequest, *roles: Role) -> None:
    """Raises PermissionDenied with a sentence that names who the page is for."""
    if not request.actor.has(*roles):  # type: ignore[attr-defined]
        wanted = " or ".join(ROLE_NAMES[role] for role in roles)
        raise PermissionDenied(f"This page is for: {wanted}.")


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """The answer to somebody who is not signed in or belongs to no district; None: come in."""
    if request.actor is not None:  # type: ignore[attr-defined]
        return None
    if request.user.is_authenticated:
        return render(request, "vetting/people/no_district.html", status=403)
    if request.method not in ("GET", "HEAD"):
        # Whoever typed something and was signed out meanwhile keeps it: a redirect would lose it.
        return render(request, "vetting/people/signed_out.html", status=401)
    if request.headers.get("HX-Request"):
        # A fragment would be filled with the sign-in page; the whole page has to go there.
        return HttpResponse(status=204, headers={"HX-Redirect": _sign_in(request)})
    return redirect_to_login(request.get_full_path())


def _sign_in(request: HttpRequest) -> str:
    return redirect_to_login(request.headers.get("HX-Current-URL", "/"))["Location"]
