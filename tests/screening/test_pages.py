"""Practice and the screening as labelers, managers and scripts see them."""

import re

from annotation.learning import course
from annotation.learning.standing import decide
from annotation.models import Project, Round, Stage, User, Verdict
from tests.api.script import Script
from tests.conftest import labeler
from tests.screening.acts import START, SignIn, do, fail, next_lease, number_of, pause_is_over, solution


def test_feedback_follows_each_practice_solution(school: Project, alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    page = client.get(desk).content.decode()
    assert "Practice 1 of 2" in page
    assert "note on 1" not in page
    assert client.get(f"{desk}feedback/").status_code == 404
    feedback = client.post(f"{desk}submit/", {"step-0": "1", "step-1": "-1"})["Location"]
    assert feedback == f"{desk}feedback/"
    page = client.get(feedback).content.decode()
    for text in ("✓ as expected", "✕ not as expected", "note on 1"):
        assert text in page
    assert client.post(START)["Location"] != desk


def test_feedback_is_in_whole_sentences(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 1)
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    page = client.get(client.post(f"{desk}submit/", {"step-0": "1", "step-1": "1"})["Location"]).content.decode()
    text = re.sub(r"<[^>]+>", "", page[page.index("<main") :].replace("<br>", "\n"))
    assert re.search(r"Accepted: ✕ negative\s*\nThe first error can be seen here\.", text)
    assert not re.search(r"\s[.,;]", text)


def test_the_screening_tells_nothing_before_its_end(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 2)
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    for number in range(1, 5):
        page = client.get(desk).content.decode()
        assert f"Screening {number} of 4" in page
        assert "note on" not in page
        response = client.post(f"{desk}submit/", {"step-0": "-1"}, headers={"HX-Request": "true"})
        assert client.get(f"{desk}feedback/").status_code == 404
        desk = response.get("HX-Push-Url", "")
    assert "/label/in/algebra/standing/" in response["HX-Location"]
    page = client.get("/label/in/algebra/standing/").content.decode()
    assert "did not go well enough" in page
    assert re.search(r"try it again from <strong>.* UTC</strong>", page)
    assert client.post(START)["Location"] == "/label/in/algebra/standing/"
    assert "0 of 4" in page


def test_the_start_page_says_how_one_stands(school: Project, alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    button = f'action="{START}"'
    assert "Practising." in client.get("/label/").content.decode()
    do(alice, school, 2)
    fail(alice, school)
    page = client.get("/label/").content.decode()
    assert "the next try is possible from" in page
    assert button not in page
    pause_is_over()
    page = client.get("/label/").content.decode()
    assert "In the screening, which is still to begin." in page
    assert button in page
    decide(actor=None, labeler=labeler(alice, school), verdict=Verdict.TURNED_DOWN, reason="Not here.")
    page = client.get("/label/").content.decode()
    assert "Turned down by a manager." in page
    assert button not in page


def test_whoever_passes_is_told_so(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 5)
    client = sign_in(alice)
    desk = client.post(START)["Location"]
    number = number_of(next_lease(alice, school))
    response = client.post(f"{desk}submit/", {"step-0": "1", "step-1": "-1" if number % 2 == 0 else "1"})
    assert "You have passed" in client.get(response["Location"]).content.decode()


def test_practice_can_be_done_again(school: Project, alice: User, sign_in: SignIn) -> None:
    do(alice, school, 6)
    client = sign_in(alice)
    for _ in range(2):
        desk = client.post("/label/in/algebra/practice/")["Location"]
        assert "Practice 1 of 2" in client.get(desk).content.decode()
    assert do(alice, school, 2) == [1, 2]
    assert next_lease(alice, school).round is None
    assert Round.objects.filter(stage="practice").count() == 2


def test_a_manager_chooses_what_is_for_what(school: Project, max_: User, sign_in: SignIn) -> None:
    manager, address = sign_in(max_), "/projects/algebra/gold/"
    page = manager.get(address).content.decode()
    assert "4 of 4 for the screening: new labelers are screened" in page
    one, two = solution(1).pk, solution(3).pk
    assert manager.post(address, {"practice": one, "screening": one}).status_code == 400
    assert manager.post(address, {"practice": solution(9).pk}).status_code == 400
    assert manager.post(address, {"practice": "x"}).status_code == 400
    assert manager.post(address, {"practice": one, "screening": two}).status_code == 302
    assert list(course.items_of(school, Stage.SCREENING).values_list("gold_id", flat=True)) == [two]
    rules = {
        "screening_size": 1,
        "pass_percent": 90,
        "pause_hours": 1,
        "retries": 0,
        "watch_percent": 0,
        "watch_size": 30,
    }
    assert manager.post(f"{address}rules/", rules).status_code == 302
    school.refresh_from_db()
    assert (school.pass_percent, school.retries) == (90, 0)
    assert manager.post(f"{address}rules/", rules | {"pass_percent": 101}).status_code == 400
    page = manager.post(f"/projects/algebra/solutions/{two}/gold/", {"remove": "1"})
    assert page.status_code == 400


def test_a_script_goes_through_practice_and_screening(school: Project, alice: User, max_: User) -> None:
    manager = Script(max_)
    sets = {"practice": [solution(1).pk], "screening": [solution(number).pk for number in (3, 4, 5, 6)]}
    assert manager("PUT", "projects/algebra/course/", sets).status_code == 204
    assert manager("PUT", "projects/algebra/course/", sets | {"practice": [solution(9).pk]}).status_code == 400
    script = Script(alice)
    assert script("GET", "projects/algebra/standing/").json()["state"] == "practising"
    lease = script("POST", "projects/algebra/lease/").json()["lease"]
    for number in range(5):
        ratings = [{"step": 0, "rating": 1}, {"step": 1, "rating": 1}]
        done = script("POST", f"leases/{lease['token']}/submit/", {"ratings": ratings}).json()
        feedback = script("GET", f"leases/{lease['token']}/feedback/")
        assert feedback.status_code == (200 if number == 0 else 404)
        lease = done["next"]["lease"]
    assert lease is None
    assert done["next"]["halt"]["code"] == "screening_failed"
    assert done["next"]["halt"]["until"] is not None
    refused = script("POST", "projects/algebra/lease/")
    assert (refused.status_code, refused.json()["code"]) == (409, "screening_failed")
