"""Writing into the corpus of a project, one after the other."""

from django.db.backends.utils import CursorWrapper

from annotation.models import Project

WRITING = 0x57E9
"""The class of this lock among PostgreSQL's advisory locks."""


def take_turn(cursor: CursorWrapper, project: Project) -> None:
    """Wait for whoever writes into the project's corpus, until the end of the transaction.

    So two who find or write the same thing at the same moment give it once.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WRITING, project.pk])
