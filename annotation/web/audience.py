"""Who a page is for. Every view says so; tests/web/test_urls.py fails on one that does not.

The audience is a coarse gate (is somebody signed in, is it staff). Which rows a person may reach is decided
by `annotation.access` alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control

Audience = Literal["anyone", "signed-in", "labelers", "viewers", "managers", "staff"]
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def audience(who: Audience) -> Callable[[View[P]], View[P]]:
    """Declare and enforce for whom the view is. What it answers is never kept in a cache."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = refusal(request, who) or view(request, *args, **kwargs)
            patch_cache_control(response, no_store=True, private=True)
            return response

        guarded.audience = who  # type: ignore[attr-defined]
        return guarded

    return decorate


def is_fetch(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which can do nothing with a whole page or a redirect to one."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "fetch"


def refusal(request: HttpRequest, who: Audience) -> HttpResponseBase | None:
    if who == "anyone":
        return None
    if not request.user.is_authenticated:
        if is_fetch(request):
            return HttpResponse("You are signed out.", status=401, content_type="text/plain")
        return redirect_to_login(request.get_full_path())
    if who == "staff" and not request.user.is_staff:
        raise Http404
    return None
