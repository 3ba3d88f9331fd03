"""A person's script, as the tests of the API write it."""

import json
from typing import Any

from django.test import Client

from annotation.models import ApiToken, User


class Script:
    """Speaks JSON to the API with one person's token."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {ApiToken.objects.issue(user=user)}"} if user else {}

    def __call__(self, method: str, path: str, body: Any = None, type_: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.client.generic(method, f"/api/v1/{path}", data, content_type=type_, headers=self.headers)
