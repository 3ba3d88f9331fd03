"""A script labels a solution from lease to submit, by the API alone."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from annotation import tasks
from annotation.models import Annotation, ApiToken, LoadRun, Project, StepLabel, User
from tests.api.script import Script
from tests.conftest import solution_line
from tests.growing.trees import tree_line

PASSWORD = "a long enough passphrase"


def test_a_script_labels_from_sign_in_to_submit(waiting: Project, alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    script = Script(None)
    answer = script("POST", "token/", {"email": "Alice@lab.example", "password": PASSWORD})
    assert answer.status_code == 201
    script.headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert [one["slug"] for one in script("GET", "projects/").json()] == ["algebra"]
    lease = script("POST", "projects/algebra/lease/").json()["lease"]
    assert [step["rating"] for step in lease["steps"]] == [None, None, None]
    path = f"leases/{lease['token']}/"
    saved = script("PATCH", f"{path}ratings/", {"ratings": [{"step": 0, "rating": 1}]}).json()
    assert (saved["steps"][0]["rating"], saved["next_step"]) == (1, 1)
    assert script("GET", path).json() == saved
    ratings = [{"step": 1, "rating": 0}, {"step": 2, "rating": 1}]
    done = script("POST", f"{path}submit/", {"ratings": ratings}).json()
    assert done["annotation"]["finish_reason"] == "solution"
    assert done["next"]["lease"]["token"] != lease["token"]
    assert script("DELETE", "token/").status_code == 204
    assert script("GET", "projects/").status_code == 401


def test_the_reference_solution_is_in_no_answer(project: Project, alice: User, load: Any) -> None:
    load(project, [solution_line(1, ground_truth_solution="the secret way")])
    script = Script(alice)
    content = script("POST", "projects/algebra/lease/").content.decode()
    assert "Step 1 of solution 1" in content
    assert "secret" not in content


def test_a_submit_sent_again_gets_what_is_stored(waiting: Project, alice: User) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    answers = [
        script("POST", f"leases/{token}/submit/", {"ratings": [{"step": 0, "rating": rating}]})
        for rating in (-1, -1, 1)
    ]
    assert answers[0].json()["annotation"] == answers[1].json()["annotation"]
    assert (answers[2].status_code, answers[2].json()["code"]) == (409, "already_submitted")
    assert StepLabel.objects.get().rating == -1


def test_an_empty_queue_says_why(project: Project, alice: User) -> None:
    answer = Script(alice)("POST", "projects/algebra/lease/").json()
    assert answer == {
        "lease": None,
        "waiting": {"done": 0, "with_others": 0, "next_free": None, "for_others": 0},
    }


@pytest.mark.parametrize("rating", [2, "1", True, 0.5, [1], {}])
def test_what_is_no_rating_is_refused(rating: Any, waiting: Project, alice: User) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    answer = script("PATCH", f"leases/{token}/ratings/", {"ratings": [{"step": 0, "rating": rating}]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert not StepLabel.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"ratings": [{"step": 0, "rating": 1}]}, 409, "incomplete"),
        ({"ratings": [{"step": 7, "rating": 1}]}, 409, "wrong_rating"),
        ({"early_end": "give_up"}, 409, "no_reason"),
        ({"early_end": "tired"}, 400, "invalid"),
        ({"ratings": [{"step": -1, "rating": 1}]}, 400, "invalid"),
        ({"ratings": "all"}, 400, "invalid"),
        ([], 400, "invalid"),
    ],
)
def test_a_refusal_has_a_code_and_a_sentence(
    body: Any, status: int, code: str, waiting: Project, alice: User
) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    answer = script("POST", f"leases/{token}/submit/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Annotation.objects.exclude(submitted_at=None).exists()


def test_who_labels_comes_from_the_token_alone(waiting: Project, alice: User, bob: User) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    body = {"ratings": [{"step": 0, "rating": -1}], "labeler": bob.pk, "is_quality_control": True}
    script("POST", f"leases/{token}/submit/", body)
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert done.labeler.user == alice
    assert not done.task.is_quality_control


def test_a_file_goes_in_and_labels_come_out(project: Project, max_: User, alice: User) -> None:
    manager = Script(max_)
    body = "".join(json.dumps(solution_line(number)) + "\n" for number in (1, 2)).encode() + b"nope\n"
    answer = manager("POST", "projects/algebra/load/?name=some.jsonl", body, "application/jsonl")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    tasks.load(answer.json()["id"])
    run = manager("GET", f"projects/algebra/load/{answer.json()['id']}/").json()
    assert (run["state"], run["solutions"], run["refused"]) == ("done", 2, 1)
    assert run["refusals"][0]["line"] == 3
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    script("POST", f"leases/{token}/submit/", {"ratings": [{"step": 0, "rating": -1}]})
    exported = manager("GET", "projects/algebra/export/?format=prm800k")
    (line,) = [json.loads(line) for line in b"".join(exported.streaming_content).splitlines()]
    assert line["label"]["finish_reason"] == "found_error"
    assert manager("GET", "projects/algebra/").json()["submitted"] == 1


@pytest.mark.parametrize(
    ("path", "body", "type_", "status"),
    [
        ("projects/algebra/load/?format=csv", b"x", "application/jsonl", 400),
        ("projects/algebra/load/", b"", "application/jsonl", 400),
        ("projects/algebra/load/", b"x", "text/csv", 415),
        ("projects/algebra/load/", b'{"a":1}', "application/json", 415),
    ],
)
def test_a_load_that_cannot_be_is_refused(
    path: str, body: bytes, type_: str, status: int, project: Project, max_: User
) -> None:
    assert Script(max_)("POST", path, body, type_).status_code == status
    assert not LoadRun.objects.exists()


def test_an_unknown_format_is_refused(project: Project, max_: User) -> None:
    answer = Script(max_)("GET", "projects/algebra/export/?format=xml")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_staff_makes_projects(sam: User, db: None) -> None:
    body = {"slug": "new-one", "name": "New", "wanted": 2}
    assert Script(sam)("POST", "projects/", body).status_code == 201
    assert Script(sam)("POST", "projects/", body).status_code == 400
    assert Script(sam)("POST", "projects/", body | {"slug": "other", "wanted": 0}).status_code == 400
    kinds = {"error_categories": ["Logic", "logic"]}
    assert Script(sam)("POST", "projects/", body | {"slug": "other"} | kinds).status_code == 400
    assert Project.objects.get().wanted == 2


def test_others_make_none(max_: User) -> None:
    assert Script(max_)("POST", "projects/", {"slug": "x", "name": "x"}).status_code == 403


@pytest.mark.parametrize("header", ["Bearer wrong", "Token x", "Bearer", "Basic YTpi", "Bearer \xff"])
def test_a_wrong_token_gets_nothing(header: str, project: Project, client: Client) -> None:
    answer = client.get("/api/v1/projects/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_closed_account_loses_its_token(alice: User) -> None:
    script = Script(alice)
    User.objects.update(is_active=False)
    assert script("GET", "projects/").status_code == 401


def test_guessing_by_the_api_is_locked_out_too(alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    script = Script(None)
    for _ in range(8):
        script("POST", "token/", {"email": "alice@lab.example", "password": "wrong"})
    answer = script("POST", "token/", {"email": "alice@lab.example", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert not ApiToken.objects.exists()


def test_only_a_digest_of_a_token_is_kept(alice: User) -> None:
    secret = ApiToken.objects.issue(user=alice)
    assert secret not in str(ApiToken.objects.values().get())


def test_the_description_is_valid_openapi(max_: User) -> None:
    script = Script(max_)
    script.headers["Accept"] = "application/vnd.oai.openapi+json"
    answer = script("GET", "schema/")
    assert answer.status_code == 200
    schema = json.loads(answer.content)
    validate_schema(schema)
    assert schema["paths"].keys() >= {"/api/v1/leases/{token}/submit/", "/api/v1/projects/{slug}/load/"}


def test_the_description_is_complete(settings: Any) -> None:
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
        assert not GENERATOR_STATS._warn_cache
        assert not GENERATOR_STATS._error_cache


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"email":' + b"[" * 100_000, b"\xff", b"{"])
def test_json_that_cannot_be_read_is_refused(body: bytes, db: None) -> None:
    answer = Script(None)("POST", "token/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert answer["Cache-Control"] == "no-store, private"


def test_an_email_may_not_be_endless(db: None) -> None:
    answer = Script(None)("POST", "token/", {"email": "a" * 290 + "@lab.example", "password": "x"})
    assert answer.status_code == 400


def test_a_script_grows_a_solution_from_a_tree(project: Project, alice: User, load: Any) -> None:
    load(project, [tree_line()])
    script = Script(alice)
    lease = script("POST", "projects/algebra/lease/").json()["lease"]
    assert (lease["steps"], lease["next_step"]) == ([], 0)
    (step,) = lease["growing"]["steps"]
    assert [one["text"] for one in step["candidates"]] == ["Double it.", "Add."]
    path = f"leases/{lease['token']}/"
    ratings = [{"step": 0, "position": 0, "rating": 0}, {"step": 0, "position": 1, "rating": -1}]
    grown = script("PATCH", f"{path}ratings/", {"ratings": ratings, "version": 0}).json()
    first, second = grown["growing"]["steps"]
    assert [one["is_chosen"] for one in first["candidates"]] == [True, False]
    assert (first["is_drawn"], first["may_be_written"], len(second["candidates"])) == (True, True, 3)
    assert script("GET", path).json() == grown
    choices = [{"step": 0, "text": "Mine."}]
    own = script("PATCH", f"{path}ratings/", {"ratings": [], "choices": choices, "version": 1}).json()
    assert own["growing"]["steps"][0]["written"] == "Mine."
    back = {"ratings": [], "choices": [{"step": 0, "position": 0}], "version": 1}
    refused = script("PATCH", f"{path}ratings/", back)
    assert (refused.status_code, refused.json()["code"]) == (409, "other_way")
    assert script("POST", f"{path}submit/", {}).json()["code"] == "incomplete"
    end = {"choices": [{"step": 1, "text": "# Answer\n\n6"}], "version": own["version"]}
    done = script("POST", f"{path}submit/", end).json()
    assert done["annotation"]["finish_reason"] == "solution"


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ({"step": 0, "position": 0, "text": "both"}, 400, "invalid"),
        ({"step": 0, "text": "x" * 10_001}, 400, "invalid"),
        ({"step": -1, "position": 0}, 400, "invalid"),
        ({"step": 0, "position": 7}, 409, "wrong_choice"),
        ({"step": 3, "position": 0}, 409, "wrong_choice"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(
    choice: Any, status: int, code: str, project: Project, alice: User, load: Any
) -> None:
    load(project, [tree_line()])
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    answer = script("PATCH", f"leases/{token}/ratings/", {"ratings": [], "choices": [choice]})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        {"ratings": [{"step": 2**31, "rating": 1}]},
        {"ratings": [{"step": 0, "position": 2**40, "rating": 1}]},
        {"ratings": [], "choices": [{"step": 0, "position": 2**31}]},
        {"ratings": [], "early_end": "\ud800"},
    ],
)
@pytest.mark.parametrize("act", ["PATCH ratings", "POST submit"])
def test_strange_numbers_and_texts_are_refused(
    body: dict[str, Any], act: str, waiting: Project, alice: User
) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    method, path = act.split()
    answer = script(method, f"leases/{token}/{path}/", body)
    assert answer.status_code == 400
