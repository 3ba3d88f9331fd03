"""Endpoints from the browser: registered, tried out, asked for scores, and their key never shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client

from annotation import endpoints, tasks
from annotation.models import Endpoint, LoadRun, Project, Run, Score, Task, User
from tests.endpoints.test_registry import KEY
from tests.local import wait_for
from tests.scoring.labeled import PROBLEMS, SAMPLES, load_sums
from tests.serving.scripted import Scripted

NEW = "/projects/algebra/endpoints/new/scorer/plain/"


@pytest.fixture
def manager(max_: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(max_)


def given(server: Scripted, script: str = "ok", **more: Any) -> dict[str, Any]:
    return {"name": "PRM", "url": server.url(script), "seconds": "5", "parallel": "4", "key": KEY, **more}


def test_a_manager_registers_tries_and_scores(
    manager: Client, project: Project, server: Scripted, load: Callable[..., LoadRun]
) -> None:
    load_sums(project, load)
    assert "Stepmark /score" in manager.get("/projects/algebra/endpoints/").content.decode()
    page = manager.post(NEW, given(server, **{"try": "1"})).content.decode()
    assert "It answered within" in page
    assert "Doubled it is" in page
    assert "0.875" in page
    assert KEY not in page
    (asked,) = server.requests
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/"
    work = manager.post(f"{address}score/")["Location"]
    tasks.advance(Run.objects.get().pk)
    assert "Done." in manager.get(work).content.decode()
    assert Score.objects.count() == PROBLEMS * SAMPLES
    assert "PRM, version 1" in manager.get("/projects/algebra/verifier/").content.decode()
    assert "PRM, version 1" in manager.get("/projects/algebra/generations/draw/").content.decode()


def test_a_run_whose_endpoint_is_gone_says_so_and_promises_no_end(
    manager: Client, project: Project, server: Scripted, load: Callable[..., LoadRun]
) -> None:
    load_sums(project, load)
    manager.post(NEW, given(server, "slow"))
    work = manager.post(f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/score/")["Location"]
    scoring = iter(tasks.WORKS[Run.Kind.SCORE](Run.objects.get()))
    next(scoring)
    assert "to go" in manager.get(work).content.decode()
    server.instead = "status-503"
    list(scoring)
    page = manager.get(work).content.decode()
    assert "does not answer" in page
    assert "to go" not in page


def test_its_key_is_on_no_page(manager: Client, project: Project, server: Scripted) -> None:
    manager.post(NEW, given(server))
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/"
    manager.post(address, given(server, "echo", **{"try": "1"}))
    page = manager.post(address, given(server, "echo", key="", **{"try": "1"})).content.decode()
    assert "401" in page
    for path in (address, "/projects/algebra/endpoints/", "/projects/algebra/verifier/"):
        assert KEY not in page + manager.get(path).content.decode()
    refused = manager.post(address, given(server, seconds="900"))
    assert refused.status_code == 400
    assert KEY not in refused.content.decode()


def test_a_key_that_cannot_be_read_is_said(
    manager: Client, project: Project, server: Scripted, settings: Any
) -> None:
    manager.post(NEW, given(server))
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/"
    page = manager.post(address, given(server, key="", **{"try": "1"}))
    assert page.status_code == 200
    assert "enter it again" in page.content.decode()
    assert not server.requests


def test_saving_keeps_the_key_but_for_another_url(manager: Client, project: Project, server: Scripted) -> None:
    manager.post(NEW, given(server))
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/"
    manager.post(address, given(server, key="", model="prm-7b"))
    assert endpoints.called(Endpoint.objects.get()).key == KEY
    manager.post(address, given(server, "slow", key=""))
    assert endpoints.called(Endpoint.objects.get()).key == ""
    manager.post(address, given(server, "slow"))
    manager.post(address, given(server, "slow", key="", forgets_key="on"))
    assert Endpoint.objects.get().sealed_key is None


@pytest.mark.parametrize(("script", "said"), [("nan", "not JSON"), ("short", "1 scores"), ("html", "to nginx!")])
def test_a_trial_says_what_is_wrong(
    manager: Client, project: Project, server: Scripted, script: str, said: str
) -> None:
    page = manager.post(NEW, given(server, script, **{"try": "1"})).content.decode()
    assert said in page
    assert page.index("What came back") < page.index('name="url"'), "in sight, above the form"
    assert "Scores of the steps" not in page


@pytest.mark.django_db(transaction=True)
def test_a_trial_that_takes_long_holds_one_thread_of_the_server_and_no_second(
    manager: Client, project: Project, server: Scripted
) -> None:
    def post(script: str, name: str) -> str:
        try:
            return manager.post(
                NEW, given(server, script, name=name, seconds="3", **{"try": "1"})
            ).content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:  # after a test of the browser, this thread has a loop running
        long = threads.submit(post, "hang", "One")
        wait_for(lambda: server.in_flight == 1, 10)
        page = threads.submit(post, "ok", "Two").result()
        assert "Two is saved." in page
        assert "test this one again in a moment" in page
        assert len(server.requests) == 1
        assert "no whole answer within 3 seconds" in long.result()
        assert "It answered within" in threads.submit(post, "ok", "Three").result()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://169.254.169.254/"}, "does not call"),
        ({"url": "ftp://gpu1/"}, "must begin with http"),
        ({"key": "two words"}, "paste the token alone"),
        ({"parallel": "0"}, "greater than or equal to 1"),
        ({"seconds": "61"}, "less than or equal to 60"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_called_is_refused_in_a_sentence(
    manager: Client, project: Project, server: Scripted, wrong: dict[str, str], said: str
) -> None:
    answer = manager.post(NEW, given(server, **wrong))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Endpoint.objects.exists()
    assert not server.requests


def test_each_protocol_asks_for_what_it_needs(manager: Client, project: Project, server: Scripted) -> None:
    page = manager.get("/projects/algebra/endpoints/new/scorer/pooling/").content.decode()
    assert "&lt;extra_0&gt;" in page
    assert "Votes" not in page
    assert "Votes" in manager.get("/projects/algebra/endpoints/new/scorer/chat/").content.decode()
    assert manager.get("/projects/algebra/endpoints/new/scorer/completions/").status_code == 404


def test_a_generator_shows_a_sample_as_steps(manager: Client, project: Project, server: Scripted) -> None:
    content = "3 + 4 = 7\\n\\n# Answer: 7"
    server.answers = [f'{{"choices":[{{"message":{{"content":"{content}"}},"finish_reason":"stop"}}]}}']
    sent = given(server, "next", model="m", **{"try": "1"})
    page = manager.post("/projects/algebra/endpoints/new/generator/chat/", sent).content.decode()
    assert "A sample, step by step" in page
    assert "<li>3 + 4 = 7</li>" in page
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/"
    assert "Score the solutions" not in manager.get(address).content.decode()
    assert manager.post(f"{address}score/").status_code == 404


def test_only_managers_see_endpoints(
    rita: User, eve: User, sign_in: Callable[[User], Client], project: Project
) -> None:
    for user in (rita, eve):
        assert sign_in(user).get("/projects/algebra/endpoints/").status_code == 404
        assert sign_in(user).get(NEW).status_code == 404


def test_a_manager_samples_from_a_generator(
    manager: Client, project: Project, server: Scripted, load: Callable[..., LoadRun]
) -> None:
    load_sums(project, load)
    new = "/projects/algebra/endpoints/new/generator/completions/"
    assert 'value="120.0"' in manager.get(new).content.decode()
    manager.post(new, given(server, "writes", seconds="300", model="tiny"))
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/sample/"
    assert address in manager.get("/projects/algebra/endpoints/").content.decode()
    wrong = manager.post(address, {"n": "0", "per_request": "8", "temperature": "3", "max_tokens": "64"})
    assert wrong.status_code == 400
    assert "less than or equal to 2" in wrong.content.decode()
    plan = {
        "n": "10",
        "per_request": "8",
        "temperature": "1",
        "max_tokens": "64",
        "seed": "0",
        "stop": "\n##\nQ:\n",
    }
    work = manager.post(address, plan)["Location"]
    tasks.advance(Run.objects.get().pk)
    page = manager.get(work).content.decode()
    assert "Sampling from PRM" in page
    assert "Truncated" in page
    run = Run.objects.get()
    sampled = manager.get(f"/projects/algebra/solutions/?run={run.pk}").content.decode()
    assert "tiny" in sampled
    assert manager.get("/projects/algebra/solutions/?run=x").status_code == 400
    assert server.requests[0].payload["stop"] == ["##", "Q:"]
    assert run.solutions.count() == 8 * run.project.problems.count()


def test_a_scorer_is_not_sampled(manager: Client, project: Project, server: Scripted) -> None:
    manager.post(NEW, given(server))
    address = f"/projects/algebra/endpoints/{Endpoint.objects.get().pk}/sample/"
    assert manager.get(address).status_code == 404


def test_problems_go_into_the_queue_to_grow_with_the_projects_generator(
    manager: Client, project: Project, server: Scripted, load: Callable[..., LoadRun]
) -> None:
    load(project, [{"problem": f"What is {n}?", "answer": str(n), "level": 1} for n in range(4)])
    refused = manager.post("/projects/algebra/grow/", {"problems": "2", "seed": "0"}, follow=True)
    assert "First choose in the settings" in refused.content.decode()
    assert manager.post("/projects/algebra/grow/", {"problems": "1" * 30, "seed": "0"}).status_code == 400
    manager.post("/projects/algebra/endpoints/new/generator/completions/", given(server, "next_steps", model="t"))
    page = manager.get("/projects/algebra/settings/").content.decode()
    assert "generator that is asked while people label" in page.lower()
    endpoint = Endpoint.objects.get()
    project.writer = endpoint
    project.save()
    assert "At the desk" in manager.get(f"/projects/algebra/endpoints/{endpoint.pk}/").content.decode()
    done = manager.post("/projects/algebra/grow/", {"problems": "3", "seed": "0"}, follow=True).content.decode()
    assert "3 problems are in the queue" in done
    assert Task.objects.filter(solution__pre_generated=False).count() == 3
