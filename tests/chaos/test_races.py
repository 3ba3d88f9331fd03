"""Races at the places of a task, and requests whose answer never arrives."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection, connections

from annotation import labeling, people
from annotation.models import Annotation, LoadRun, Membership, Place, Project, Role, StepLabel, User
from tests.bench.browser import FORM, Connection, Reply
from tests.browser.conftest import Site, session_of
from tests.chaos import checker
from tests.chaos.desks import TOKEN
from tests.chaos.labelers import CSRF
from tests.chaos.nemesis import let_lapse
from tests.chaos.replies import HTMX, SCRIPT
from tests.conftest import labeler, rated, solution_line
from tests.local import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Load = Callable[..., LoadRun]


@pytest.fixture
def busy() -> Project:
    return Project.objects.create(slug="busy", name="Busy", wanted=2)


def members(project: Project, count: int) -> list[Membership]:
    made = [
        people.add_member(actor=None, project=project, email=f"l{number}@lab.example", roles=[Role.LABELER])
        for number in range(count)
    ]
    return [labeler(one.user, project) for one in made if one.user]


@pytest.fixture
def log() -> Iterator[Callable[[], list[str]]]:
    """What was never to happen to a place and did."""

    def broken() -> list[str]:
        with connection.cursor() as cursor:
            found = []
            for what, query in checker.NEVER.items():
                cursor.execute(query)
                found += [what] * bool(cursor.fetchall())
        return found

    with connection.cursor() as cursor:
        cursor.execute(checker.LOG)
    yield broken
    with connection.cursor() as cursor:
        cursor.execute(checker.UNLOG)


def test_64_labelers_never_hold_more_than_is_wanted(
    busy: Project, load: Load, log: Callable[[], list[str]]
) -> None:
    load(busy, [solution_line(number, steps=1) for number in range(1, 151)])
    deadline = time.monotonic() + 20

    def work(member: Membership) -> int:
        chance, done = random.Random(member.pk), 0
        try:
            while (lease := labeling.lease_next(labeler=member.pk)) and time.monotonic() < deadline:
                if chance.random() < 0.3:
                    labeling.save(lease=lease, marks=rated({0: 1}))
                elif chance.random() < 0.6:
                    labeling.submit(lease=lease, marks=rated({0: chance.choice((1, -1))}))
                    done += 1
            return done
        finally:
            connections.close_all()

    stop = threading.Event()

    def reap() -> None:
        with another_connection() as other:
            other.autocommit = True
            while not stop.wait(0.02):
                let_lapse(other)

    reaper = threading.Thread(target=reap)
    reaper.start()
    with ThreadPoolExecutor(64) as threads:
        done = sum(threads.map(work, members(busy, 64)))
    stop.set()
    reaper.join()
    assert done >= 200
    assert log() == []


def another_connection() -> psycopg.Connection[Any]:
    wanted = ("host", "user", "dbname")
    return psycopg.connect(**{name: connection.get_connection_params()[name] for name in wanted})


def test_coming_back_does_not_take_a_place_that_somebody_is_just_getting(busy: Project, load: Load) -> None:
    busy.wanted = 1
    busy.save()
    load(busy, [solution_line(1)])
    alice, bob = members(busy, 2)
    lease = labeling.lease_next(labeler=alice.pk)
    assert lease is not None
    Place.objects.update(expires_at="2020-01-01T00:00Z")
    with another_connection() as other, ThreadPoolExecutor(1) as threads:
        other.execute(
            "UPDATE annotation_place SET labeler_id = %s, expires_at = now() + interval '1 hour'",
            [bob.pk],
        )

        def come_back() -> Any:
            try:
                return labeling.lease_next(labeler=alice.pk)
            finally:
                connections.close_all()

        waiting = threads.submit(come_back)
        time.sleep(0.5)
        other.commit()
        assert waiting.result(10) is None
    assert Place.objects.get().labeler == bob


def test_two_windows_of_one_labeler_never_lock_each_other_out(busy: Project, load: Load) -> None:
    """One saves while the other one presses Start, and both say that they are at work, over and over."""
    load(busy, [solution_line(number) for number in (1, 2)])
    (alice,) = members(busy, 1)
    lease = labeling.lease_next(labeler=alice.pk)
    assert lease is not None

    def save(number: int) -> None:
        labeling.save(lease=lease, marks=rated({number % 3: number % 2}))

    def start(_: int) -> None:
        assert labeling.lease_next(labeler=alice.pk) is not None

    def beat(_: int) -> None:
        assert labeling.renew(lease=lease).seconds > 0

    def again(act: Callable[[int], None]) -> None:
        try:
            for number in range(150):
                act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(again, (save, start, beat, save, start, beat)))


# --- a key that comes again ---------------------------------------------------------------------------------


class Desk:
    """Somebody's desk on a real web server."""

    def __init__(self, site: Site, user: User, project: Project) -> None:
        cookie = session_of(user, site)
        self.site = site
        self.headers = {"Cookie": f"{cookie['name']}={cookie['value']}", "Content-Type": FORM}
        page = self.request("GET", "/label/")[1]
        self.csrf, csrf_cookie = self.tokens(page)
        self.headers["Cookie"] += csrf_cookie
        self.token = self.token_in(self.post(f"/label/in/{project.slug}/start/", {}, {}))

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        connection = Connection(self.site.port, self.headers)
        try:
            return connection.request(method, path, body, headers)
        finally:
            connection.http.close()

    def tokens(self, page: bytes) -> tuple[str, str]:
        """A token of a form and its cookie: the cookie may be any token."""
        found = CSRF.search(page)
        assert found is not None
        token = found[1].decode()
        return token, f"; stepmark-csrf-{self.site.port}={token}"

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **fields}).encode()
        return self.request("POST", path, body, headers)

    def save(self, **fields: str) -> tuple[int, bytes]:
        return self.post(f"/label/{self.token}/save/", fields, SCRIPT)

    def submit(self, ratings: str) -> tuple[int, bytes]:
        fields = {f"step-{step}": rating for step, rating in enumerate(ratings.split())}
        return self.post(f"/label/{self.token}/submit/", fields | {"key": self.token}, HTMX)

    @staticmethod
    def token_in(reply: tuple[int, bytes]) -> str:
        found = TOKEN.search(reply[1])
        assert found is not None, reply
        return found[1].decode()


def submitted() -> list[tuple[int, int | None]]:
    done = StepLabel.objects.exclude(annotation__submitted_at=None).order_by("annotation_id", "step")
    return list(done.values_list("step", "rating"))


@pytest.fixture
def own_site(transactional_db: None, static_files: None, tmp_path: Any) -> Iterator[Site]:
    """A web server of its own, to be killed, whose Redis does not exist."""
    site = Site(tmp_path, redis_url="redis://127.0.0.1:9/0")
    site.start()
    yield site
    site.stop()


def test_a_submit_comes_50_times_at_once_and_counts_once(own_site: Site, waiting: Project, alice: User) -> None:
    desk = Desk(own_site, alice, waiting)
    with ThreadPoolExecutor(50) as threads:
        replies = list(threads.map(lambda _: desk.submit("1 0 -1"), range(50)))
    assert {status for status, _ in replies} == {200}
    assert len({desk.token_in(reply) for reply in replies}) == 1
    assert submitted() == [(0, 1), (1, 0), (2, -1)]
    status, body = desk.submit("-1")
    assert (status, b"other_submit" in body) == (409, True)


def test_a_kill_between_commit_and_answer_makes_no_second_annotation(
    own_site: Site, waiting: Project, alice: User
) -> None:
    desk = Desk(own_site, alice, waiting)
    with another_connection() as other, ThreadPoolExecutor(1) as threads:
        held = Place.objects.get(labeler__isnull=False).task_id
        other.execute("SELECT FROM annotation_task WHERE id <> %s FOR UPDATE", [held])  # the next lease waits
        reply = threads.submit(desk.submit, "1 1 1")
        wait_for(lambda: Annotation.objects.exclude(submitted_at=None).exists())
        own_site.kill()
        assert reply.result(20)[0] == 0
    own_site.start()
    following = {desk.token_in(desk.submit("1 1 1")) for _ in range(3)}
    assert len(following) == 1
    assert following != {desk.token}
    assert submitted() == [(0, 1), (1, 1), (2, 1)]
    assert desk.submit("1 1 0")[0] == 409


def test_labeling_goes_on_without_redis(own_site: Site, waiting: Project, alice: User) -> None:
    desk = Desk(own_site, alice, waiting)
    times = []
    for number in range(20):
        started = time.monotonic()
        assert desk.save(**{"step-0": str(number % 2)})[0] == 200
        times.append(time.monotonic() - started)
    assert desk.submit("1 1 -1")[0] == 200
    assert sorted(times)[-2] < 0.5
