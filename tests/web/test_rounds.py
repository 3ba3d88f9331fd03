"""Two rounds of active learning from the browser: load, grade, label, train, score, draw, label, export."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotation import tasks
from annotation.models import Generation, LoadRun, Pick, Project, Run, Score, Scorer, Solution, Task, User
from tests.endpoints.registered import scorer_behind_endpoint
from tests.scoring.labeled import PROBLEMS, SAMPLES, rate_everything, sums

SignIn = Callable[[User], Client]
HERE = "/projects/algebra/"
TRAIN = "Train the verifier on the labels so far"


@pytest.fixture
def manager(max_: User, sign_in: SignIn) -> Client:
    return sign_in(max_)


def upload_to_pool(manager: Client) -> None:
    lines = "".join(f"{json.dumps(line)}\n" for line in sums())
    file = SimpleUploadedFile("sums.jsonl", lines.encode())
    manager.post(f"{HERE}load/", {"file": file, "format": "auto", "for_pool": "on"})
    tasks.load(LoadRun.objects.get().pk)


def press(manager: Client, path: str) -> None:
    """A button that starts a run, and the worker that does it."""
    manager.post(f"{HERE}{path}")
    tasks.advance(Run.objects.latest("pk").pk)


def draw(manager: Client, **plan: object) -> str:
    given = {
        "size": 24,
        "uniform_percent": 25,
        "overlap_percent": 0,
        "quality_control_percent": 0,
        "seed": 1,
        **plan,
    }
    shown = manager.get(f"{HERE}generations/draw/", given).content.decode()
    assert "in the queue</button>" in shown
    response = manager.post(f"{HERE}generations/draw/", given, follow=True)
    assert response.redirect_chain, response.content.decode()
    return shown


def test_two_generations_with_a_verifier_that_learns(manager: Client, alice: User, project: Project) -> None:
    upload_to_pool(manager)
    assert not Task.objects.exists()
    press(manager, "grades/start/")
    draw(manager, strategy="uniform")
    assert rate_everything(alice, project) == 24
    press(manager, "verifier/train/")
    first = Scorer.objects.get()
    press(manager, f"verifier/{first.pk}/score/")
    assert Score.objects.filter(scorer=first).count() == PROBLEMS * SAMPLES
    assert '<option value="convincing" selected>' in manager.get(f"{HERE}generations/draw/").content.decode()
    shown = draw(manager, strategy="convincing", scorer=first.pk, size=12)
    assert "convincing" in shown
    assert '<meter max="' in shown
    second = Generation.objects.get(number=2)
    assert second.scorer == first
    assert {pick.reason for pick in Pick.objects.filter(generation=second)} >= {"uniform"}
    wrong = Task.objects.filter(generation=2, pick__reason__startswith="convincing")
    assert {task.solution.grade.counts_as for task in wrong.select_related("solution__grade")} == {"incorrect"}
    done = rate_everything(alice, project)
    assert done == Task.objects.filter(generation=2).count()
    assert TRAIN not in manager.get(f"{HERE}generations/").content.decode()
    manager.post(f"{HERE}generations/{second.pk}/close/")
    page = manager.get(f"{HERE}generations/").content.decode()
    assert "closed" in page
    assert TRAIN in page
    press(manager, "verifier/train/")
    assert Scorer.objects.latest("pk").version == 2
    assert TRAIN not in manager.get(f"{HERE}generations/").content.decode()
    response = manager.post(f"{HERE}export/prm800k/")
    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert sorted({line["generation"] for line in lines}) == [1, 2]
    assert len(lines) == 24 + done


def test_a_plan_that_cannot_be_says_which_setting(manager: Client, project: Project) -> None:
    plan = {
        "strategy": "convincing",
        "uniform_percent": 10,
        "overlap_percent": 0,
        "quality_control_percent": 0,
        "seed": 1,
    }
    assert '<option value="uniform" selected>' in manager.get(f"{HERE}generations/draw/").content.decode()
    page = manager.get(f"{HERE}generations/draw/", {**plan, "size": 5})
    assert page.status_code == 400
    assert "needs the scores of a scorer; until there is one, draw uniformly." in page.content.decode()
    page = manager.get(f"{HERE}generations/draw/", {**plan, "strategy": "uniform"})
    assert "Say how many: in all, or per problem." in page.content.decode()
    nothing = manager.get(f"{HERE}generations/draw/", {**plan, "strategy": "uniform", "size": 5})
    assert "Nothing would be picked like this." in nothing.content.decode()
    assert manager.post(f"{HERE}generations/draw/", {**plan, "strategy": "uniform", "size": 5}).status_code == 400
    assert not Generation.objects.exists()


def test_a_plan_that_comes_short_says_so(manager: Client, project: Project) -> None:
    upload_to_pool(manager)
    plan = {
        "strategy": "uniform",
        "uniform_percent": 10,
        "overlap_percent": 0,
        "quality_control_percent": 0,
        "seed": 1,
    }
    for size, is_short in ((48, False), (100, True)):
        page = manager.get(f"{HERE}generations/draw/", {**plan, "size": size}).content.decode()
        assert (f"Fewer than the {size} asked for" in page) is is_short


def test_the_form_filters_what_there_is_to_choose_from(
    manager: Client, project: Project, load: Callable[..., LoadRun]
) -> None:
    plan = {
        "strategy": "uniform",
        "uniform_percent": 0,
        "overlap_percent": 0,
        "quality_control_percent": 0,
        "seed": 1,
    }
    assert "generators" not in manager.get(f"{HERE}generations/draw/").content.decode()
    lines = [{**line, "generator": "small" if number % 3 else "large"} for number, line in enumerate(sums())]
    load(project, lines, for_pool=True)
    page = manager.get(f"{HERE}generations/draw/").content.decode()
    assert "Only of these generators" in page
    assert "Only of these subjects" not in page
    manager.post(f"{HERE}generations/draw/", {**plan, "size": 6, "generators": ["large"]})
    assert {task.solution.generator for task in Task.objects.select_related("solution")} == {"large"}
    manager.post(f"{HERE}generations/draw/", {**plan, "size": 6, "only_new": "on"})
    assert Generation.objects.count() == 1, "nothing came since"
    load(project, [{**line, "generator": "late"} for line in sums(2)], for_pool=True)
    manager.post(f"{HERE}generations/draw/", {**plan, "size": 6, "only_new": "on"})
    late = Task.objects.filter(generation=2).select_related("solution")
    assert {task.solution.generator for task in late} == {"late"}


def test_the_share_of_wrong_answers_in_the_mix_can_be_set(manager: Client, alice: User, project: Project) -> None:
    upload_to_pool(manager)
    press(manager, "grades/start/")
    draw(manager, strategy="uniform")
    rate_everything(alice, project)
    press(manager, "verifier/train/")
    scorer = Scorer.objects.get()
    press(manager, f"verifier/{scorer.pk}/score/")
    draw(manager, strategy="mix", scorer=scorer.pk, size=8, uniform_percent=0, mix_percent=25)
    picked = Task.objects.filter(generation=2).select_related("solution__grade")
    assert sum(task.solution.grade.counts_as == "incorrect" for task in picked) >= 2
    assert Generation.objects.get(number=2).settings["mix_share"] == 0.25


def test_a_draw_goes_by_the_verifier_until_an_endpoint_has_scored(
    manager: Client, alice: User, project: Project
) -> None:
    def offered(scorer: Scorer) -> bool:
        page = manager.get(f"{HERE}generations/draw/").content.decode()
        return f'<option value="{scorer.pk}" selected>' in page

    upload_to_pool(manager)
    press(manager, "grades/start/")
    draw(manager, strategy="uniform")
    rate_everything(alice, project)
    press(manager, "verifier/train/")
    first = Scorer.objects.get()
    press(manager, f"verifier/{first.pk}/score/")
    behind_endpoint = scorer_behind_endpoint(project)
    assert offered(first)
    score = {"steps": [0.5], "product": -0.7, "minimum": 0.5, "last": 0.5}
    Score.objects.create(scorer=behind_endpoint, solution=Solution.objects.earliest("pk"), **score)
    press(manager, "verifier/train/")
    assert offered(behind_endpoint)
    Score.objects.create(
        scorer=scorer_behind_endpoint(project, 2), solution=Solution.objects.latest("pk"), **score
    )
    Score.objects.create(scorer=behind_endpoint, solution=Solution.objects.latest("pk"), **score)
    assert offered(behind_endpoint), "the other has scored less"


def test_the_preview_says_what_there_is_too_little_of(
    manager: Client, alice: User, project: Project, load: Callable[..., LoadRun]
) -> None:
    load(project, sums()[:8])
    rate_everything(alice, project)
    load(project, sums()[8:12], for_pool=True)
    for solution in (Solution.objects.earliest("pk"), Solution.objects.latest("pk")):
        accepted = {f"accept-{step}-0": "1" for step in range(3)}
        manager.post(f"{HERE}solutions/{solution.pk}/gold/", accepted)
    plan = {"strategy": "uniform", "size": 9, "uniform_percent": 0, "overlap_percent": 0, "seed": 1, "repeats": 8}
    page = manager.get(f"{HERE}generations/draw/", {**plan, "quality_control_percent": 40}).content.decode()
    assert "Fewer than the 9 asked for" in page, "repeats do not make up for it"
    assert "Quality control: 1 of the 2 that would be 40 % of what" in page, "Alice has rated the other one"
    page = manager.get(
        f"{HERE}generations/draw/", {**plan, "size": 3, "quality_control_percent": 25}
    ).content.decode()
    assert "asked for" not in page
    assert "that would be" not in page
