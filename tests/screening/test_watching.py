"""Quality control that acts: pauses, replies, resuming, flags."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from annotation import labeling, tasks
from annotation.learning import gold, watching
from annotation.learning.gold import Judgement
from annotation.learning.rules import Crowd, Pace, is_below, never_changing, too_fast
from annotation.learning.standing import State, decide
from annotation.models import Annotation, AuditEntry, Decision, Flag, Project, Solution, Task, User, Verdict
from tests.conftest import labeler, rated, solution_line
from tests.screening.acts import START, SignIn, next_lease, standing

Load = Callable[..., Any]


@pytest.fixture
def watched(project: Project, load: Load) -> Project:
    """Forty solutions whose first step is wrong, all of them quality control; 70 % is asked for."""
    load(project, [solution_line(number, steps=2) for number in range(1, 41)])
    for solution in Solution.objects.filter(project=project):
        judgements = [Judgement(0, 0, frozenset({-1}), can_be_first_error=True)]
        gold.write(actor=None, solution=solution, judgements=judgements)
    Task.objects.update(is_quality_control=True)
    Project.objects.update(watch_percent=70)
    project.refresh_from_db()
    return project


def work(user: User, project: Project, rights: list[bool], active_ms: int = 0) -> None:
    for right in rights:
        lease = next_lease(user, project)
        an_hour_ago = timezone.now() - timedelta(hours=1)
        Annotation.objects.filter(submitted_at=None).update(active_ms=active_ms, started_at=an_hour_ago)
        labeling.submit(lease=lease, marks=rated({0: -1} if right else {0: 1, 1: 1}))
    tasks.sweep.apply()
    for one in watching.due():
        tasks.watch(one)


def state(user: User, project: Project) -> State:
    return standing(user, project).state


def test_three_unlucky_solutions_pause_nobody_and_ten_wrong_ones_do(watched: Project, alice: User) -> None:
    work(alice, watched, [False] * 3)
    assert state(alice, watched) == State.WORKING
    work(alice, watched, [False] * 6)
    assert state(alice, watched) == State.WORKING
    work(alice, watched, [False])
    assert state(alice, watched) == State.PAUSED
    with pytest.raises(labeling.Paused):
        next_lease(alice, watched)
    (entry,) = AuditEntry.objects.filter(verb="pause labeler")
    assert (entry.actor, entry.data["found"], entry.data["solutions"]) == (None, 0, 10)
    decision = Decision.objects.get()
    assert "Of your last 10 solutions that experts have rated, too, you agreed" in decision.reason


def test_what_is_at_hand_can_still_be_submitted(watched: Project, alice: User) -> None:
    work(alice, watched, [False] * 9)
    lease = next_lease(alice, watched)
    decide(actor=None, labeler=labeler(alice, watched), verdict=Verdict.PAUSED, reason="Let us talk.")
    assert not labeling.submit(lease=lease, marks=rated({0: -1})).is_surplus


def test_who_is_good_enough_or_in_a_project_without_a_mark_works_on(
    watched: Project, alice: User, bob: User
) -> None:
    work(alice, watched, [True, True, False] * 5)
    assert state(alice, watched) == State.WORKING
    Project.objects.update(watch_percent=0)
    work(bob, watched, [False] * 12)
    assert state(bob, watched) == State.WORKING


def test_a_manager_resumes_and_what_was_before_counts_no_more(watched: Project, alice: User, max_: User) -> None:
    work(alice, watched, [False] * 10)
    member = labeler(alice, watched)
    decide(actor=max_, labeler=member, verdict=Verdict.RESUMED, reason="The instructions were unclear.")
    assert state(alice, watched) == State.WORKING
    work(alice, watched, [False] * 9)
    assert state(alice, watched) == State.WORKING
    work(alice, watched, [False])
    assert state(alice, watched) == State.PAUSED


def test_a_paused_labeler_reads_why_and_replies_once(
    watched: Project, alice: User, max_: User, rita: User, sign_in: SignIn
) -> None:
    work(alice, watched, [False] * 10)
    client = sign_in(alice)
    assert client.post(START)["Location"] == "/label/in/algebra/standing/"
    page = client.get("/label/in/algebra/standing/").content.decode()
    assert "you agreed with them on the first error of 0" in page
    client.post("/label/in/algebra/reply/", {"text": "Step 1 is a definition, <b>not</b> a claim."})
    page = client.get("/label/in/algebra/standing/").content.decode()
    assert "Step 1 is a definition, &lt;b&gt;not&lt;/b&gt; a claim." in page
    assert 'name="text"' not in page
    with pytest.raises(ValidationError, match="replied already"):
        watching.reply(labeler=labeler(alice, watched), text="And another thing.")
    manager = sign_in(max_)
    assert "Reply: “Step 1 is a definition" in manager.get("/projects/algebra/people/").content.decode()
    overview = manager.get("/projects/algebra/").content.decode()
    assert '<a href="/projects/algebra/people/#standings">1 labeler is paused</a>; 1 has replied.' in overview
    assert "paused" not in sign_in(rita).get("/projects/algebra/").content.decode()
    member = labeler(alice, watched)
    said = {"verdict": "resumed", "reason": "You are right."}
    manager.post(f"/projects/algebra/people/{member.pk}/decide/", said)
    assert next_lease(alice, watched)
    assert "1 labeler is paused" not in manager.get("/projects/algebra/").content.decode()
    page = manager.get("/projects/algebra/people/").content.decode()
    assert "Resumed on" in page
    for before in ("you agreed with them on the first error of 0", "Reply: “Step 1 is a definition"):
        assert before in page, "what was before stays"
    with pytest.raises(ValidationError, match="not paused any more"):
        watching.reply(labeler=member, text="Thanks.")
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {
        "pause labeler",
        "reply to pause",
        "decide on labeler",
    }


def test_quality_control_is_not_told_from_other_work(watched: Project, alice: User, sign_in: SignIn) -> None:
    """The same desk, whether gold or not, but for what the solution itself is."""
    tasks = list(Task.objects.order_by("pk").values_list("pk", flat=True))
    Task.objects.filter(pk__in=tasks[1::2]).update(is_quality_control=False)
    client, pages = sign_in(alice), []
    for _ in range(2):
        desk = client.post(START)["Location"]
        page = client.get(desk).content.decode()
        assert "quality" not in page.lower()
        assert "gold" not in page.lower()
        pages.append(len(page))
        client.post(f"{desk}submit/", {"step-0": "1", "step-1": "1"})
    assert abs(pages[0] - pages[1]) <= 8, "numbers in the text differ"


def test_a_manager_sees_agreement_with_quality_control_before_anybody_is_paused(
    watched: Project, alice: User, bob: User, max_: User, sign_in: SignIn
) -> None:
    work(alice, watched, [True] * 5 + [False] * 2)
    work(bob, watched, [True])
    found = watching.rolling(watched, [labeler(one, watched).pk for one in (alice, bob, max_)])
    assert [(one.found, one.solutions) for one in found.values()] == [(5, 7), (1, 1), (0, 0)]
    page = sign_in(max_).get("/projects/algebra/people/").content.decode()
    assert '<td class="number">5 of 7<br>' in page
    assert '<td class="number">1 of 1<br>' in page


def test_false_pauses_are_rare_and_bad_work_is_paused_soon() -> None:
    """Below 70 % in 300 solutions: of those who agree in 85 % one in a hundred or less, of those in 40 % all."""

    def paused_at(accuracy: float, seed: int) -> int | None:
        right = np.random.default_rng(seed).random(300) < accuracy
        sums = np.concatenate([[0], right.cumsum()])
        for n in range(1, 301):
            window = min(n, 30)
            if is_below(int(sums[n] - sums[n - window]), window, 70):
                return n
        return None

    assert sum(paused_at(0.85, seed) is not None for seed in range(500)) <= 5
    found = [paused_at(0.4, seed) for seed in range(200)]
    assert None not in found
    assert np.median([one for one in found if one is not None]) <= 30


def pace(**more: Any) -> Pace:
    return Pace(**{"annotations": 30, "slow": 5.0, "same": None} | more)


def crowd(**more: Any) -> Crowd:
    return Crowd(**{"annotations": 500, "fast": 20.0, "same": {-1: 0, 0: 0, 1: 200}} | more)


@pytest.mark.parametrize(
    ("own", "others", "is_flagged"),
    [
        (pace(), crowd(), True),
        (pace(slow=25.0), crowd(), False),
        (pace(annotations=19), crowd(), False),
        (pace(), crowd(annotations=10), False),
    ],
)
def test_too_fast_is_faster_than_nearly_all_others(own: Pace, others: Crowd, is_flagged: bool) -> None:
    assert bool(too_fast(own, others)) is is_flagged


@pytest.mark.parametrize(
    ("own", "others", "is_flagged"),
    [
        (pace(same=1), crowd(), True),
        (pace(same=1), crowd(same={1: 490}), False),
        (pace(same=0), crowd(), True),
        (pace(), crowd(), False),
        (pace(same=1, annotations=10), crowd(), False),
    ],
)
def test_never_changing_is_what_chance_would_not_do(own: Pace, others: Crowd, is_flagged: bool) -> None:
    assert bool(never_changing(own, others)) is is_flagged


def test_flags_come_up_are_seen_and_taken_down(
    watched: Project, alice: User, bob: User, max_: User, sign_in: SignIn
) -> None:
    Project.objects.update(watch_percent=0)
    Task.objects.update(wanted=1)
    work(bob, watched, [True, False] * 10, active_ms=60_000)
    assert not Flag.objects.exists()
    work(alice, watched, [False] * 20)
    flags = {flag.kind: flag for flag in Flag.objects.all()}
    assert set(flags) == {"never_changing", "too_fast"}
    assert flags["never_changing"].reason.startswith("All ratings of the last 20 annotations are positive")
    page = sign_in(max_).get("/projects/algebra/people/").content.decode()
    assert "never changing" in page
    sign_in(max_).post(f"/projects/algebra/people/flags/{flags['too_fast'].pk}/dismiss/")
    assert [flag.kind for flag in watching.flags_of(watched)] == ["never_changing"]
    watching.look_at(labeler(alice, watched).pk, Pace(20, 0.0, 1))
    assert Flag.objects.filter(dismissed_at=None).count() == 1, "seen to, until thirty more are there"
    assert AuditEntry.objects.filter(verb="flag labeler").count() == 2
    assert AuditEntry.objects.get(verb="dismiss flag").actor == max_


def test_nobody_is_looked_at_twice_for_nothing(watched: Project, alice: User) -> None:
    assert watching.due() == []
    labeling.submit(lease=next_lease(alice, watched), marks=rated({0: -1}))
    assert watching.due() == [watched.pk]
    before = timezone.now()
    watching.watch(watched.pk)
    assert watching.due() == []
    assert labeler(alice, watched).watched_at >= before
