"""Instructions have versions, which labelers read before they work by them."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from annotation import demo, labeling
from annotation.learning import guidelines
from annotation.models import Acknowledgement, Annotation, AuditEntry, Guideline, Project, User
from tests.api.script import Script
from tests.conftest import labeler, rated

SignIn = Callable[[User], Client]
START = "/label/in/algebra/start/"
READ = "/label/in/algebra/instructions/"


def publish(project: Project, text: str, change: str = "") -> Guideline:
    return guidelines.publish(actor=None, project=project, text=text, change=change)


def test_versions_are_counted_from_one(project: Project, other_project: Project, sam: User) -> None:
    assert guidelines.in_force(project) is None
    for number, text in enumerate(("One.", "Two.", "Three."), 1):
        assert guidelines.publish(actor=sam, project=project, text=text).version == number
    assert publish(other_project, "Other.").version == 1
    found = guidelines.in_force(project)
    assert found is not None
    assert (found.version, found.text, found.author) == (3, "Three.", sam)
    assert AuditEntry.objects.filter(verb="publish instructions", actor=sam).count() == 3


def test_the_same_text_again_is_no_new_version(project: Project) -> None:
    assert publish(project, "One.") == publish(project, " One.\r\n")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE annotation_guideline SET text = 'Otherwise.'",
        "UPDATE annotation_guideline SET version = 7",
        "DELETE FROM annotation_guideline",
        """INSERT INTO annotation_guideline (project_id, version, text, change, created_at)
           SELECT project_id, version, 'Again.', '', now() FROM annotation_guideline""",
        """INSERT INTO annotation_guideline (project_id, version, text, change, created_at)
           SELECT project_id, 2, '', '', now() FROM annotation_guideline""",
    ],
)
def test_a_published_version_is_fixed(change: str, project: Project) -> None:
    publish(project, "One.")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_project_without_instructions_asks_nothing(waiting: Project, alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    response = client.post(START)
    assert re.fullmatch(r"/label/[0-9a-f-]{36}/", response["Location"])
    assert b"Instructions" not in client.get(response["Location"]).content
    assert client.get(READ)["Location"] == "/label/"


def test_instructions_are_read_before_the_first_solution(waiting: Project, alice: User, sign_in: SignIn) -> None:
    first = publish(waiting, "Rate with *care*.")
    client = sign_in(alice)
    assert client.post(START)["Location"] == READ
    page = client.get(READ).content.decode()
    assert "Rate with <em>care</em>." in page
    assert "What changed" not in page
    desk = client.post(READ, {"version": 1})["Location"]
    assert "Rate with <em>care</em>." in client.get(desk).content.decode()
    assert Annotation.objects.get().guideline == first
    assert client.post(START)["Location"] == desk


def test_a_changed_version_is_acknowledged_with_its_changes(
    waiting: Project, alice: User, sign_in: SignIn
) -> None:
    publish(waiting, "Keep.\nOld line.")
    client = sign_in(alice)
    desk = client.post(READ, {"version": 1})["Location"]
    publish(waiting, "Keep.\nNew line.", "A line is new.")
    assert client.post(f"{desk}save/", {"step-0": "1"})["Location"].startswith(desk)
    assert "Old line." in client.get(desk).content.decode()
    response = client.post(f"{desk}submit/", {"step-1": "1", "step-2": "1"})
    assert response["Location"] == READ
    page = client.get(READ).content.decode()
    assert "A line is new." in page
    assert re.search(r"<ins>.*New line\.</ins>", page)
    assert re.search(r"<del>.*Old line\.</del>", page)
    assert client.post(READ, {"version": 1}).status_code == 200
    second = client.post(READ, {"version": 2})["Location"]
    bound = Annotation.objects.order_by("id").values_list("guideline__version", flat=True)
    assert list(bound) == [1, 2]
    assert second != desk


def test_a_submit_records_the_version_that_was_read_meanwhile(waiting: Project, alice: User) -> None:
    me = labeler(alice, waiting)
    guidelines.acknowledge(labeler=me, guideline=publish(waiting, "One."))
    lease = labeling.lease_next(labeler=me.pk)
    assert lease is not None
    guidelines.acknowledge(labeler=me, guideline=publish(waiting, "Two."))
    labeling.submit(lease=lease, marks=rated({0: -1}))
    assert Annotation.objects.get().guideline == guidelines.in_force(waiting)


def test_reading_twice_is_reading_once(project: Project, alice: User) -> None:
    first = publish(project, "One.")
    for _ in range(2):
        guidelines.acknowledge(labeler=labeler(alice, project), guideline=first)
    assert Acknowledgement.objects.count() == 1


def test_loaded_annotations_are_bound_to_no_version(project: Project, load: Any) -> None:
    publish(project, "One.")
    question = {"problem": "p", "pre_generated_steps": ["a"], "ground_truth_answer": None}
    question |= {"ground_truth_solution": None, "pre_generated_answer": None, "pre_generated_verifier_score": None}
    step = {"completions": [{"text": "a", "rating": 1, "flagged": None}], "human_completion": None}
    load(
        project,
        [
            {
                "labeler": "340d89bc-f5b7-45e9-b272-909ba68ee363",
                "timestamp": "2023-01-22T04:34:27.052924",
                "generation": 9,
                "is_quality_control_question": False,
                "is_initial_screening_question": False,
                "question": question,
                "label": {
                    "steps": [step | {"chosen_completion": 0}],
                    "total_time": 1,
                    "finish_reason": "solution",
                },
            }
        ],
    )
    assert Annotation.objects.get().guideline is None


def test_the_desk_goes_to_the_instructions_without_leaving_the_page(
    waiting: Project, alice: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    publish(waiting, "One.")
    response = client.post(f"{desk}submit/", {"step-0": "-1"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert READ in response["HX-Location"]


def test_a_script_reads_and_acknowledges(waiting: Project, alice: User, max_: User) -> None:
    script = Script(alice)
    token = script("POST", "projects/algebra/lease/").json()["lease"]["token"]
    manager = Script(max_)
    assert script("GET", "projects/algebra/guideline/").status_code == 404
    assert script("POST", "projects/algebra/guideline/", {"text": "Mine."}).status_code == 404
    made = manager("POST", "projects/algebra/guideline/", {"text": "One.", "change": "All."})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    done = script("POST", f"leases/{token}/submit/", {"ratings": [{"step": 0, "rating": -1}]}).json()
    assert (done["next"]["lease"], done["next"]["halt"]["code"]) == (None, "guideline_changed")
    refused = script("POST", "projects/algebra/lease/")
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["guideline"]["text"]) == ("guideline_changed", "One.")
    assert script("POST", "projects/algebra/guideline/acknowledge/", {"version": 2}).status_code == 409
    assert script("POST", "projects/algebra/guideline/acknowledge/", {"version": 1}).status_code == 204
    assert script("GET", "projects/algebra/guideline/").json()["text"] == "One."
    assert script("POST", "projects/algebra/lease/").json()["lease"]["token"] != token


def test_a_manager_previews_publishes_and_looks_back(project: Project, max_: User, sign_in: SignIn) -> None:
    manager = sign_in(max_)
    address = "/projects/algebra/instructions/"
    page = manager.post(address, {"text": "> [!bad] A *slip*", "preview": "1"}).content.decode()
    assert "<em>slip</em>" in page
    assert not Guideline.objects.exists()
    manager.post(address, {"text": "First."})
    assert manager.post(address, {"text": "Second.", "change": "Shorter."})["Location"] == address
    assert "Shorter." in manager.get(address).content.decode()
    page = manager.get(f"{address}1/").content.decode()
    assert "First." in page
    page = manager.get(f"{address}2/").content.decode()
    assert re.search(r"<del>.*First\.</del>", page)
    assert manager.get(f"{address}3/").status_code == 404


def test_the_demo_shows_its_examples(db: None, sign_in: SignIn) -> None:
    demo.load_if_empty()
    client = sign_in(User.objects.get(email="labeler@demo.localhost"))
    desk = client.post("/label/in/demo/start/")["Location"]
    page = client.get(desk).content.decode()
    for verdict in ("good", "neutral", "bad"):
        assert f'class="example {verdict}"' in page


def test_differences_keep_what_stands_around() -> None:
    before = "\n".join(f"line {number}" for number in range(20))
    lines = guidelines.differences(before, before.replace("line 10", "line ten"))
    assert [(line.kind, line.text) for line in lines] == [
        ("skipped", ""),
        ("same", "line 8"),
        ("same", "line 9"),
        ("removed", "line 10"),
        ("added", "line ten"),
        ("same", "line 11"),
        ("same", "line 12"),
    ]
    assert guidelines.differences(before, before) == []


def test_differences_of_long_texts_do_not_take_long() -> None:
    started = time.monotonic()
    assert guidelines.differences("x" + "\n" * 50_000 + "a", "y" + "\n" * 49_000 + "a")
    assert time.monotonic() - started < 5
