"""Who calls: a token in the Authorization header, and nothing else. No cookie, so no forged requests."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotation.models import User
from annotation.sessions import user_with


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`, with a token from `POST /api/v1/token/`."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("Use the header `Authorization: Bearer TOKEN`.")
        token = secret.strip()
        user = user_with(token)
        if user is None:
            raise AuthenticationFailed("This token is not known. Get one by POST /api/v1/token/.")
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
