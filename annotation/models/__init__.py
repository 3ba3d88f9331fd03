"""The tables: the meeting point of all capabilities. docs/data.md draws them."""

from annotation.models.corpus import Completion, Problem, Project, Solution
from annotation.models.labels import Annotation, Choice, FinishReason, HumanCompletion, StepLabel
from annotation.models.leases import LEASE, MOST_GROWN, Lease
from annotation.models.people import ApiToken, Membership, Role, SignInLink, User
from annotation.models.runs import LoadRun, Refusal, UploadChunk
from annotation.models.trail import AuditEntry
from annotation.models.work import Place, Task

__all__ = [
    "LEASE",
    "MOST_GROWN",
    "Annotation",
    "ApiToken",
    "AuditEntry",
    "Choice",
    "Completion",
    "FinishReason",
    "HumanCompletion",
    "Lease",
    "LoadRun",
    "Membership",
    "Place",
    "Problem",
    "Project",
    "Refusal",
    "Role",
    "SignInLink",
    "Solution",
    "StepLabel",
    "Task",
    "UploadChunk",
    "User",
]
