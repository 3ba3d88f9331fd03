"""The writer's work, in a thread: where browser tests ran before, Playwright has an event loop in this one."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from annotation import writing


def written() -> int:
    """Answers what is due. Returns how many completions were kept."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def work() -> int:
    try:
        return sum(writing.work())
    finally:
        connection.close()
