"""Signing in and out, and what people set for themselves."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotation import access, people, preferences
from annotation.models import User
from annotation.web.audience import audience, is_fetch
from annotation.web.forms import ProfileForm, SignInForm, TokenForm
from annotation.web.pages import within_site

PASSWORD_BACKEND = "annotation.sessions.Backend"  # noqa: S105 (a dotted name)


class SignIn(LoginView):
    """Whoever is signed in is sent on. The desk may ask all the same: to sign in as somebody else than before."""

    form_class = SignInForm
    template_name = "account/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.redirect_authenticated_user = not is_fetch(request)
        return super().dispatch(request, *args, **kwargs)


sign_in = audience("anyone")(SignIn.as_view())


@audience("anyone")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@audience("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Ask once more before the link is used up: mail programs open links by themselves."""
    if request.method != "POST":
        return render(request, "account/link.html", {"user_of_link": people.user_of_link(secret)})
    user = people.use_link(secret)
    if user is None:
        return render(request, "account/link.html", {"user_of_link": None}, status=410)
    login(request, user, backend=PASSWORD_BACKEND)
    return redirect(within_site(request.GET.get("next", "")) or settings.LOGIN_REDIRECT_URL)


@audience("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """Name and theme; the page has forms for keys and password too."""
    user = access.signed_in(request.user)
    form = profile_form(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        preferences.set_profile(user=user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("account")
    return account_page(request, profile=form)


@audience("signed-in")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Set a password; this ends the person's other sessions, API tokens and sign-in links."""
    if request.method != "POST":
        return redirect("account")
    form = SetPasswordForm(access.signed_in(request.user), request.POST)
    if not form.is_valid():
        return account_page(request, password=form)
    user = form.save()
    people.end_secrets(user)
    login(request, user, backend=PASSWORD_BACKEND)
    messages.success(request, "Your password is set.")
    return redirect("account")


@audience("signed-in")
@require_POST
def make_token(request: HttpRequest) -> HttpResponse:
    """A key for the API, shown this once."""
    form = token_form(request.POST)
    if not form.is_valid():
        return account_page(request, token=form)
    secret = people.make_token(user=access.signed_in(request.user), name=form.cleaned_data["name"])
    return account_page(request, secret=secret)


@audience("signed-in")
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponseBase:
    people.revoke_token(token=access.token_for(request.user, pk))
    messages.success(request, "The token holds no more.")
    return redirect("account")


def account_page(request: HttpRequest, secret: str | None = None, **forms: BaseForm) -> HttpResponse:
    """The page with these forms as they were filled in, and the others fresh; `secret` is a new token."""
    user = access.signed_in(request.user)
    fresh = {"profile": profile_form(user), "password": SetPasswordForm(user), "token": token_form()}
    context = {**fresh, **forms, "secret": secret, "tokens": user.api_tokens.order_by("-pk")}
    return render(request, "account/account.html", context)


def token_form(data: QueryDict | None = None) -> TokenForm:
    return TokenForm(data, auto_id="token_%s")


def profile_form(user: User, data: QueryDict | None = None) -> ProfileForm:
    return ProfileForm(data, initial={"name": user.name, "theme": user.theme})


@audience("signed-in")
@require_POST
def keys(request: HttpRequest) -> HttpResponseBase:
    """Keep the person's keys of the desk: `keys` is JSON, {} for the usual ones."""
    try:
        given = preferences.key_map(request.POST.get("keys", ""))
    except preferences.BadKeysError as error:
        raise BadRequest(str(error)) from error
    preferences.set_keys(user=access.signed_in(request.user), keys=given)
    if is_fetch(request):
        return JsonResponse({"keys": given})
    messages.success(request, "Your keys are kept.")
    return redirect("account")
