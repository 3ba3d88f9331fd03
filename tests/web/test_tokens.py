"""API tokens on the account page."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from annotation.models import ApiToken, AuditEntry, User

SignIn = Callable[[User], Client]


def test_who_has_no_password_makes_a_token_sees_its_use_and_revokes_it(
    sign_in: SignIn, rita: User, alice: User
) -> None:
    client = sign_in(rita)
    made = client.post("/account/tokens/", {"name": "notebook"})
    (secret,) = re.findall(r'<code class="secret">([^<]+)</code>', made.content.decode())
    assert "no-store" in made["Cache-Control"]
    script, headers = Client(), {"Authorization": f"Bearer {secret}"}
    page = client.get("/account/").content.decode()
    assert secret not in page
    assert "<td>notebook</td>" in page
    assert "<td>never</td>" in page
    for _ in range(2):
        assert script.get("/api/v1/projects/algebra/", headers=headers).status_code == 200
    assert "<td>never</td>" not in client.get("/account/").content.decode()
    token = ApiToken.objects.get()
    used = token.used_at
    assert used is not None
    ApiToken.objects.update(used_at=used - timedelta(hours=2))
    script.get("/api/v1/projects/algebra/", headers=headers)
    token.refresh_from_db()
    assert token.used_at is not None
    assert token.used_at >= used
    assert sign_in(alice).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/account/tokens/{token.pk}/revoke/")["Location"] == "/account/"
    assert script.get("/api/v1/projects/algebra/", headers=headers).status_code == 401
    trail = AuditEntry.objects.filter(actor=rita, data__name="notebook").order_by("pk")
    assert list(trail.values_list("verb", flat=True)) == ["make API token", "revoke API token"]


def test_a_token_is_for_something(sign_in: SignIn, rita: User) -> None:
    refused = sign_in(rita).post("/account/tokens/", {"name": " "})
    assert "This field is required" in refused.content.decode()
    assert not ApiToken.objects.exists()
