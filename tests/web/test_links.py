"""Sign-in links: they work once, for whom they are meant, and lead nowhere else."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from annotation import people
from annotation.models import ApiToken, Membership, Project, Role, SignInLink, User
from tests.conftest import person

SignIn = Callable[[User], Client]


def test_a_link_signs_in_once(client: Client, alice: User) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/"
    assert "alice@lab.example" in client.get(address).content.decode()
    assert client.post(address)["Location"] == "/"
    assert client.get("/label/").status_code == 200
    other = Client()
    assert other.post(address).status_code == 410
    assert other.get("/label/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_link_that_comes_many_times_at_once_signs_in_once() -> None:
    user = User.objects.create_user("ann@lab.example")
    secrets = [people.make_link(user=user) for _ in range(6)]

    def use(secret: str) -> bool:
        try:
            return people.use_link(secret) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        for secret in secrets:
            assert sum(threads.map(use, [secret] * 8)) == 1


def test_looking_at_a_link_does_not_use_it_up(client: Client, alice: User) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/"
    for _ in range(3):
        client.get(address)
    assert client.post(address).status_code == 302


def test_a_link_ends_after_its_time(client: Client, alice: User) -> None:
    secret = people.make_link(user=alice, lifetime=timedelta(seconds=-1))
    assert client.post(f"/account/link/{secret}/").status_code == 410


def test_only_a_digest_of_a_link_is_kept(alice: User) -> None:
    secret = people.make_link(user=alice)
    assert secret not in str(SignInLink.objects.values().get())


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_link_leads_nowhere_else(client: Client, alice: User, target: str) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/?next={target}"
    assert client.post(address)["Location"] == "/"


def test_a_manager_makes_links_for_the_project_only(
    sign_in: SignIn, project: Project, other_project: Project, max_: User, alice: User, eve: User, sam: User
) -> None:
    client = sign_in(max_)
    mine = Membership.objects.get(user=alice)
    page = client.post(f"/projects/algebra/people/{mine.pk}/link/").content.decode()
    assert "/account/link/" in page
    for user in (eve, sam):
        membership = people.add_member(actor=None, project=project, email=user.email, roles=[Role.LABELER])
        page = client.post(f"/projects/algebra/people/{membership.pk}/link/").content.decode()
        assert "/account/link/" not in page
    assert SignInLink.objects.count() == 1
    assert person("alice", project, Role.LABELER) == alice


def test_whom_a_manager_could_sign_in_as_starts_anew_in_another_project(
    sign_in: SignIn, project: Project, other_project: Project, max_: User, alice: User
) -> None:
    """Or a manager could keep a way into projects that are not theirs."""
    client, mine = sign_in(max_), Membership.objects.get(user=alice)
    for _ in range(2):
        page = client.post(f"/projects/algebra/people/{mine.pk}/link/").content.decode()
    secret = re.search(r"/account/link/([^/]+)/", page)
    assert secret is not None
    as_alice = sign_in(alice)
    ApiToken.objects.issue(user=alice)
    people.add_member(actor=None, project=other_project, email=alice.email, roles=[Role.MANAGER])
    assert as_alice.get("/projects/geometry/").status_code == 302
    assert Client().post(f"/account/link/{secret[1]}/").status_code == 410
    assert not ApiToken.objects.exists()


def test_staff_makes_links_for_whoever_works_elsewhere(
    sign_in: SignIn, project: Project, eve: User, sam: User
) -> None:
    membership = people.add_member(actor=None, project=project, email=eve.email, roles=[Role.LABELER])
    page = sign_in(sam).post(f"/projects/algebra/people/{membership.pk}/link/").content.decode()
    assert "/account/link/" in page


@pytest.mark.parametrize("target", ["foo", "desk", "label"])
def test_a_link_leads_to_addresses_not_to_names(client: Client, alice: User, target: str) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/?next={target}"
    assert client.post(address)["Location"] == "/"
