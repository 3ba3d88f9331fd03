"""The tables: the meeting point of all capabilities. docs/data.md draws them."""

from annotation.models.continuations import Continuation
from annotation.models.corpus import Completion, Problem, Project, Solution
from annotation.models.endpoints import Endpoint
from annotation.models.generations import Generation, Pick
from annotation.models.labels import Annotation, Choice, FinishReason, HumanCompletion, PackedAnnotation, StepLabel
from annotation.models.learning import (
    Acknowledgement,
    Consensus,
    ConsensusStep,
    CourseItem,
    Decision,
    Flag,
    Gold,
    GoldSource,
    GoldStep,
    Guideline,
    Round,
    Stage,
    Verdict,
)
from annotation.models.leases import HELD, LEASE, MOST_GROWN, Lease
from annotation.models.loads import LoadRun, Refusal, UploadChunk
from annotation.models.notes import Comment, SavedFilter
from annotation.models.people import ApiToken, Membership, Role, Session, SignInLink, Theme, User
from annotation.models.reports import Critique, ErrorReport, Progress
from annotation.models.runs import PARTS, Run, RunItem, RunMinute, RunTally
from annotation.models.scores import Grade, Score, Scorer, Word
from annotation.models.trail import AuditEntry
from annotation.models.work import EVERYBODY, Place, Task

__all__ = [
    "EVERYBODY",
    "HELD",
    "LEASE",
    "MOST_GROWN",
    "PARTS",
    "Acknowledgement",
    "Annotation",
    "ApiToken",
    "AuditEntry",
    "Choice",
    "Comment",
    "Completion",
    "Consensus",
    "ConsensusStep",
    "Continuation",
    "CourseItem",
    "Critique",
    "Decision",
    "Endpoint",
    "ErrorReport",
    "FinishReason",
    "Flag",
    "Generation",
    "Gold",
    "GoldSource",
    "GoldStep",
    "Grade",
    "Guideline",
    "HumanCompletion",
    "Lease",
    "LoadRun",
    "Membership",
    "PackedAnnotation",
    "Pick",
    "Place",
    "Problem",
    "Progress",
    "Project",
    "Refusal",
    "Role",
    "Round",
    "Run",
    "RunItem",
    "RunMinute",
    "RunTally",
    "SavedFilter",
    "Score",
    "Scorer",
    "Session",
    "SignInLink",
    "Solution",
    "Stage",
    "StepLabel",
    "Task",
    "Theme",
    "UploadChunk",
    "User",
    "Verdict",
    "Word",
]
