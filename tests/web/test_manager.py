"""What a manager does in the browser, and what a researcher sees."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.test import Client

from annotation import exporting, labeling, overview, tasks
from annotation.models import AuditEntry, LoadRun, Membership, Project, Solution, User
from annotation.web.forms import ProjectSettingsForm, RulesForm, save_changes
from tests.conftest import labeler, rated, shared_file, solution_line

SignIn = Callable[[User], Client]


@pytest.fixture
def manager(max_: User, sign_in: SignIn) -> Client:
    return sign_in(max_)


def upload(client: Client, lines: list[Any], **more: Any) -> Any:
    content = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    file = SimpleUploadedFile("some.jsonl", content.encode())
    return client.post("/projects/algebra/load/", {"file": file, "format": "auto", **more})


def work() -> None:
    for run in LoadRun.objects.filter(state="waiting"):
        tasks.load(run.pk)


def test_an_upload_waits_for_a_worker_and_shows_what_came_of_it(manager: Client, project: Project) -> None:
    response = upload(manager, [solution_line(1), "nope", solution_line(2, colour="red")])
    address = response["Location"]
    page = manager.get(address).content.decode()
    assert "Waiting for a worker" in page
    assert 'hx-trigger="every 1s"' in page
    work()
    page = manager.get(address).content.decode()
    assert "Loaded; 1 line was refused." in page
    assert "hx-trigger" not in page
    assert "not JSON" in page
    assert "colour" in page
    assert Solution.objects.count() == 2
    text = b"".join(manager.get(f"{address}refused.txt").streaming_content).decode()
    assert text.startswith("some.jsonl:2: (line): not JSON")


def test_the_real_file_goes_up_and_comes_down_byte_for_byte(manager: Client, project: Project) -> None:
    file = shared_file("prm800k_rows.jsonl")
    with file.open("rb") as content:
        manager.post("/projects/algebra/load/", {"file": content, "format": "prm800k"})
    work()
    response = manager.post("/projects/algebra/export/prm800k/")
    assert b"".join(response.streaming_content) == file.read_bytes()
    assert response["Content-Disposition"].startswith('attachment; filename="algebra-prm800k-')


def test_a_worker_that_hears_of_a_run_twice_loads_it_once(manager: Client, project: Project) -> None:
    upload(manager, [solution_line(1)])
    work()
    run = LoadRun.objects.get()
    tasks.load(run.pk)
    run.refresh_from_db()
    assert (run.state, run.lines, run.solutions) == ("done", 1, 1)
    assert not run.chunks.exists()


def test_the_form_says_what_is_wrong(manager: Client, project: Project, settings: Any) -> None:
    assert manager.post("/projects/algebra/load/", {"format": "auto"}).status_code == 400
    assert upload(manager, [solution_line(1)], format="csv").status_code == 400
    settings.UPLOAD_MAX_BYTES = 10
    response = upload(manager, [solution_line(1)])
    assert response.status_code == 400
    assert "larger than" in response.content.decode()
    assert not LoadRun.objects.exists()


def test_staff_makes_a_project(sam: User, sign_in: SignIn) -> None:
    fields = {"name": "New one", "slug": "new-one", "wanted": 2, "lease_minutes": 20}
    response = sign_in(sam).post("/projects/new/", fields)
    assert response["Location"] == "/projects/new-one/load/"
    assert Project.objects.get().wanted == 2
    assert AuditEntry.objects.get(verb="create project").actor == sam


@pytest.mark.parametrize("slug", ["new", "a b", "", "ä"])
def test_a_project_needs_a_name_for_addresses(slug: str, sam: User, sign_in: SignIn) -> None:
    fields = {"name": "x", "slug": slug, "wanted": 1, "lease_minutes": 20}
    assert sign_in(sam).post("/projects/new/", fields).status_code == 200
    assert not Project.objects.exists()


OVERLAP = {"overlap_most": 0, "overlap_percent": 90, "overlap_budget": 0}


def test_settings_keep_their_limits(manager: Client, project: Project) -> None:
    fields = {"name": "Algebra II", "wanted": 3, "lease_minutes": 10, "most_minutes": 60, "candidates_shown": 7}
    fields |= OVERLAP
    manager.post("/projects/algebra/settings/", fields)
    project.refresh_from_db()
    assert (project.name, project.wanted, project.stops_at_error) == ("Algebra II", 3, False)
    response = manager.post("/projects/algebra/settings/", fields | {"wanted": 0})
    assert response.status_code == 200
    project.refresh_from_db()
    assert project.wanted == 3


def test_every_format_is_offered_with_what_it_is_for(manager: Client, waiting: Project, alice: User) -> None:
    lease = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.submit(lease=lease, marks=rated({0: -1}))
    page = manager.get("/projects/algebra/export/").content.decode()
    assert exporting.ABOUT.keys() == exporting.FORMATS.keys()
    for name in exporting.FORMATS:
        address = f"/projects/algebra/export/{name}/"
        assert f'action="{address}"' in page
        lines = b"".join(manager.post(address).streaming_content).splitlines()
        assert [("stepmark" in json.loads(line)) for line in lines] == [name == "prm800k-extra"]


def test_kinds_of_errors_are_different(manager: Client, project: Project) -> None:
    fields = {"name": "Algebra", "wanted": 1, "lease_minutes": 10, "most_minutes": 60, "candidates_shown": 5}
    fields |= OVERLAP
    kinds = "Arithmetic\nLogic\narithmetic"
    page = manager.post("/projects/algebra/settings/", fields | {"error_categories": kinds}).content.decode()
    assert "“Arithmetic” and “arithmetic” are the same" in page
    project.refresh_from_db()
    assert project.error_categories == []
    manager.post("/projects/algebra/settings/", fields | {"error_categories": "Arithmetic\nLogic"})
    project.refresh_from_db()
    assert project.error_categories == ["Arithmetic", "Logic"]


def test_people_get_and_lose_roles(manager: Client, project: Project) -> None:
    fields = {"email": "New.Person@lab.example", "name": "New", "roles": ["labeler", "researcher"]}
    manager.post("/projects/algebra/people/", fields)
    membership = Membership.objects.select_related("user").get(user__email="new.person@lab.example")
    assert membership.roles == ["labeler", "researcher"]
    manager.post(f"/projects/algebra/people/{membership.pk}/roles/", {"roles": ["researcher"]})
    membership.refresh_from_db()
    assert membership.roles == ["researcher"]
    entry = AuditEntry.objects.filter(verb="set roles").latest("id")
    assert (entry.data["before"], entry.data["after"]) == (["labeler", "researcher"], ["researcher"])


def test_somebody_without_a_name_stands_in_one_line(manager: Client, project: Project) -> None:
    manager.post("/projects/algebra/people/", {"email": "new@lab.example", "roles": ["labeler"]})
    page = manager.get("/projects/algebra/people/").content.decode()
    cells = re.findall(r"<td>(.*?)<small>new@lab\.example</small>", page)
    assert cells == ["", ""]


def test_nobody_is_added_without_a_role(manager: Client, project: Project) -> None:
    page = manager.post("/projects/algebra/people/", {"email": "new@lab.example"}).content.decode()
    assert "Choose at least one role" in page
    assert "is in this project now" not in page
    assert not Membership.objects.filter(user__email="new@lab.example").exists()


def test_whoever_loses_the_last_role_is_said_to(manager: Client, project: Project, alice: User) -> None:
    membership = Membership.objects.get(user=alice)
    page = manager.post(f"/projects/algebra/people/{membership.pk}/roles/", follow=True).content.decode()
    assert "Alice has no role here any more." in page


def test_the_overview_counts_what_is_there(manager: Client, waiting: Project, alice: User) -> None:
    annotation = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.submit(lease=annotation, marks=rated({0: -1}))
    labeling.lease_next(labeler=labeler(alice, waiting).pk)
    page = manager.get("/projects/algebra/").content.decode()
    assert re.findall(r"<dd>(.*?)</dd>", page)[:5] == ["1", "3", "1", "1", "1"]
    assert "100.0\u202f%" in page


def test_what_is_being_labeled_waits_no_more(
    manager: Client, project: Project, load: Callable[..., LoadRun], alice: User, bob: User
) -> None:
    """Each solution is in one of the two figures, though two labelers may be at it, and a third be wanted."""
    Project.objects.update(wanted=3)
    load(Project.objects.get(), [solution_line(1), solution_line(2)])
    for user in (alice, bob):
        labeling.lease_next(labeler=labeler(user, project).pk)
    page = manager.get("/projects/algebra/").content.decode()
    assert re.findall(r"<dd>(.*?)</dd>", page)[2:4] == ["1", "1"]
    assert overview.of(project).live_leases == 2


def test_the_label_browser_shows_who_said_what(
    manager: Client, project: Project, load: Any, rita: User, sign_in: SignIn
) -> None:
    load(project, shared_file("prm800k_rows.jsonl"))
    researcher = sign_in(rita)
    page = researcher.get("/projects/algebra/solutions/?labeled=on").content.decode()
    solution = Solution.objects.order_by("id")[2]
    assert f"/projects/algebra/solutions/{solution.pk}/" in page
    page = researcher.get(f"/projects/algebra/solutions/{solution.pk}/").content.decode()
    assert "✕ negative" in page
    assert "found_error" in page
    assert page.count("alt.") == 4


def test_solutions_are_paged(manager: Client, project: Project, load: Any) -> None:
    load(project, [solution_line(number) for number in range(1, 65)])
    seen, address = [], "/projects/algebra/solutions/"
    while address:
        context = manager.get(address).context
        seen += [row.solution.pk for row in context["rows"]]
        after = context["next"]
        address = f"/projects/algebra/solutions/?after={after}" if after else ""
    assert seen == sorted(Solution.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1 OR 1=1"])
def test_a_page_that_is_none_is_refused(manager: Client, project: Project, after: str) -> None:
    assert manager.get("/projects/algebra/solutions/", {"after": after}).status_code == 400


def test_two_forms_of_one_project_do_not_undo_each_other(project: Project) -> None:
    """Both were read before either was saved."""
    rows = [Project.objects.get() for _ in range(2)]
    settings = ProjectSettingsForm(model_to_dict(rows[0]) | {"name": "New name"}, instance=rows[0])
    rules = RulesForm(model_to_dict(rows[1]) | {"retries": 7}, instance=rows[1])
    for form in (settings, rules):
        assert form.is_valid(), form.errors
        save_changes(form)
    project.refresh_from_db()
    assert (project.name, project.retries) == ("New name", 7)
