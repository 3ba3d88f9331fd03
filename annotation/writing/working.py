"""What labelers wait for, as rows: taken, answered, put off, over.

Any number of workers take what is due, what somebody waits for first. A worker that dies gives it back after a
while; what fails is tried again a few times, and is over then, with the reason for managers.
"""

import random
from collections.abc import Container, Iterator, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now

from annotation.endpoints import BadEndpoint, UnreadableKey
from annotation.endpoints.registry import version_of
from annotation.models import Completion, Continuation, Endpoint, Solution
from annotation.records import MAX_COMPLETIONS
from annotation.serving import Permanent, Transient, retrying
from annotation.serving.generators import Sampled
from annotation.writing.asking import Later, sampled

MOST_ATTEMPTS = 3
HELD_SECONDS = 90.0
NO_GENERATOR = "The project has no generator any more."
DIED = "Workers ended while they had it."

TAKE = """
    UPDATE annotation_continuation SET due_at = now() + make_interval(secs => %s), attempts = attempts + 1
    WHERE id = (
        SELECT id FROM annotation_continuation WHERE over_at IS NULL AND due_at <= now()
        ORDER BY is_urgent DESC, due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
# After the lock on the solution, which everybody has who adds completions.
ADD = """
    INSERT INTO annotation_completion (solution_id, step, index, parent, text)
    SELECT %(solution)s, %(step)s, %(first)s + place - 1, %(parent)s, text
    FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS given (text, place)
"""


def work() -> Iterator[int]:
    """Answer what is due, one after the other. Yields how many completions were kept."""
    while (taken := take()) is not None:
        yield answer(taken)


def are_due() -> bool:
    return Continuation.objects.filter(over_at=None, due_at__lte=Now()).exists()


def take() -> Continuation | None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [HELD_SECONDS])
        row = cursor.fetchone()
    if row is None:
        return None
    related = ("solution__problem", "solution__project__writer")
    return Continuation.objects.select_related(*related).get(pk=row[0])


def answer(asked: Continuation) -> int:
    """Returns how many completions were kept."""
    endpoint = asked.solution.project.writer
    if endpoint is None or asked.attempts > MOST_ATTEMPTS:
        end(asked, NO_GENERATOR if endpoint is None else DIED)
        return 0
    try:
        samples = sampled(asked, endpoint)
    except Later as later:
        put_off(asked, later.seconds, str(later), attempts=asked.attempts - 1)
    except Transient as error:
        fail(asked, error)
    except (Permanent, BadEndpoint, UnreadableKey) as error:
        end(asked, str(error))
    else:
        return keep(asked, endpoint, samples)
    return 0


def fail(asked: Continuation, error: Transient) -> None:
    """An attempt came to nothing; others follow, up to the last."""
    if asked.attempts >= MOST_ATTEMPTS:
        end(asked, str(error))
        return
    wait = retrying.delay(asked.attempts - 1, random=random.random, retry_after=error.retry_after)
    put_off(asked, wait, str(error), attempts=asked.attempts)


@transaction.atomic
def keep(asked: Continuation, endpoint: Endpoint, samples: Sequence[Sampled]) -> int:
    """Add what is whole and not there yet. Returns how many; none when another worker was quicker."""
    solution = Solution.objects.select_for_update(no_key=True).get(pk=asked.solution_id)
    here = Completion.objects.filter(solution=solution, step=asked.step)
    siblings = here.filter(parent=asked.parent).values_list("text", flat=True)
    highest = here.order_by("-index").values_list("index", flat=True).first()
    first = 0 if highest is None else highest + 1
    texts = usable(samples, set(siblings))[: MAX_COMPLETIONS - first]
    if not end(asked, "" if texts else "Nothing that came was a whole step.", endpoint=endpoint, came=len(texts)):
        return 0
    values = {"solution": solution.pk, "step": asked.step, "parent": asked.parent, "first": first, "texts": texts}
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
    if not solution.pre_generated:
        Solution.objects.filter(pk=solution.pk).update(length=Greatest(F("length"), asked.step + 1))
    return len(texts)


def usable(samples: Sequence[Sampled], siblings: Container[str]) -> list[str]:
    """Whole steps, each text once."""
    texts = [one.text for one in samples if not one.is_truncated and "\0" not in one.text]
    return [text for text in dict.fromkeys(texts) if text not in siblings]


def put_off(asked: Continuation, seconds: float, reason: str, *, attempts: int) -> None:
    open_ones = Continuation.objects.filter(pk=asked.pk, over_at=None)
    open_ones.update(due_at=Now() + timedelta(seconds=seconds), reason=reason, attempts=attempts)


def end(asked: Continuation, reason: str, *, endpoint: Endpoint | None = None, came: int = 0) -> bool:
    """False when it was over already."""
    version = version_of(endpoint) if endpoint else None
    open_ones = Continuation.objects.filter(pk=asked.pk, over_at=None)
    return bool(open_ones.update(over_at=Now(), reason=reason, came=came, endpoint=endpoint, version=version))
