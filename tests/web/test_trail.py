"""Who did what, as managers read it."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation import audit
from annotation.models import Membership, Project, User
from annotation.web import trail

SignIn = Callable[[User], Client]
PAGE = "/projects/algebra/trail/"


def test_what_was_done_stands_there_with_who_and_why(
    project: Project, other_project: Project, max_: User, alice: User, sign_in: SignIn
) -> None:
    audit.record(max_, "decide standing", project, project=project, reason="A <b>slip</b>, she says.")
    audit.record(None, "export", project, project=project, format="prm800k")
    audit.record(max_, "something elsewhere", other_project, project=other_project)
    page = sign_in(max_).get(PAGE).content.decode()
    assert page.index("export") < page.index("decide standing"), "the latest first"
    assert "reason: A &lt;b&gt;slip&lt;/b&gt;, she says." in page
    assert str(max_) in page
    alice_s = Membership.objects.get(user=alice, project=project)
    audit.record(max_, "decide on labeler", alice_s, project=project)
    assert f"decide on labeler <small>{alice}</small>" in sign_in(max_).get(PAGE).content.decode()
    assert "by command" in page
    assert "elsewhere" not in page
    assert PAGE in sign_in(max_).get("/projects/algebra/settings/").content.decode()


def test_earlier_pages_have_every_entry_once(
    project: Project, max_: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "PAGE", 3)
    before = len(audit.of_project(project, before=None, limit=100))
    for number in range(7):
        audit.record(max_, f"act {number}", project, project=project)
    seen: list[str] = []
    response = sign_in(max_).get(PAGE)
    while True:
        seen += [row.verb for row, _ in response.context["rows"]]
        if response.context["next"] is None:
            break
        response = sign_in(max_).get(f"{PAGE}?before={response.context['next']}")
    assert seen[:7] == [f"act {number}" for number in reversed(range(7))]
    assert len(seen) == before + 7


def test_only_managers_of_the_project_read_it(
    project: Project, max_: User, rita: User, alice: User, eve: User, sign_in: SignIn
) -> None:
    assert sign_in(max_).get(PAGE).status_code == 200
    assert sign_in(max_).get(f"{PAGE}?before=x").status_code == 400
    for user in (rita, alice, eve):
        assert sign_in(user).get(PAGE).status_code == 404
