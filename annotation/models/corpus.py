"""What is labeled: projects, problems, solutions and the completions of their steps."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


def not_a_page(slug: str) -> None:
    if slug == "new":
        raise ValidationError("This name is taken by a page of the site.")


def different(names: list[str]) -> None:
    """Raises `ValidationError` where two names are one but for capitals."""
    first: dict[str, str] = {}
    for name in names:
        if name.casefold() in first:
            raise ValidationError(f"“{first[name.casefold()]}” and “{name}” are the same; leave one out.")
        first[name.casefold()] = name


class Project(models.Model):
    """One data-collection campaign."""

    slug = models.SlugField(max_length=60, unique=True, validators=[not_a_page])
    name = models.CharField(max_length=120)
    wanted = models.PositiveSmallIntegerField(
        "annotations wanted per solution",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="How many people rate each solution that is loaded from now on.",
    )
    lease_minutes = models.PositiveSmallIntegerField(
        "minutes a labeler may keep a solution",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="Counted from the last act; afterwards somebody else may get it.",
    )
    most_minutes = models.PositiveSmallIntegerField(
        "minutes a labeler may keep a solution in all",
        default=240,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="However busy they are; what is submitted later still counts unless somebody else was quicker.",
    )
    stops_at_error = models.BooleanField(
        "stop at the first negative step",
        default=True,
        help_text="As in PRM800K. Otherwise all steps are rated.",
    )
    reveals_all = models.BooleanField(
        "show all steps at once", default=False, help_text="Otherwise one after the other."
    )
    shows_answer = models.BooleanField("show the reference answer", default=True)
    allows_unsure = models.BooleanField(
        "ratings may be marked as unsure", default=False, help_text="Exported as `flagged`."
    )
    asks_progress = models.BooleanField(
        "ask how far the solution had come before its first error", default=False, db_default=False
    )
    asks_critique = models.BooleanField(
        "ask for a critique of the first error",
        default=False,
        db_default=False,
        help_text="Critiques that were loaded are rated; if none is good, the labeler writes one.",
    )
    error_categories = ArrayField(
        models.CharField(max_length=80),
        verbose_name="kinds of errors to choose from",
        default=list,
        db_default=[],
        blank=True,
        size=30,
        validators=[different],
        help_text="One a line; empty if you do not want to ask.",
    )
    splits_sentences = models.BooleanField(
        "a solution that is loaded as one text has a step for each sentence",
        default=False,
        help_text="Otherwise a step for each line.",
    )
    candidates_shown = models.PositiveSmallIntegerField(
        "completions shown for a step at most",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Where a solution grows step by step from a tree of completions (PRM800K phase 1).",
    )
    writer = models.ForeignKey(
        "Endpoint",
        verbose_name="generator that is asked while people label",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="For the next step, where a solution grows and has none; for alternatives to a first error.",
    )
    writer_temperature = models.FloatField(
        "its temperature",
        default=1.0,
        db_default=1.0,
        validators=[MinValueValidator(0), MaxValueValidator(2)],
    )
    alternatives_asked = models.PositiveSmallIntegerField(
        "alternatives it is asked for after a first error",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(20)],
        help_text="Where the solution has none for that step. 0: it is not asked.",
    )
    screening_size = models.PositiveSmallIntegerField(
        "solutions in the screening",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text="New labelers are screened as soon as this many are chosen.",
    )
    pass_percent = models.PositiveSmallIntegerField(
        "agreement with gold to pass, in percent",
        default=75,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of the steps, and of the first errors: both must reach it.",
    )
    pause_hours = models.PositiveSmallIntegerField(
        "hours between a failed screening and the next try",
        default=24,
        validators=[MaxValueValidator(24 * 365)],
    )
    overlap_most = models.PositiveSmallIntegerField(
        "annotations of a solution at most, while its first error is unclear",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(50)],
        help_text="One more labeler is asked at a time. 0: nobody is asked beyond what was wanted.",
    )
    overlap_percent = models.PositiveSmallIntegerField(
        "how sure the first error must be, in percent",
        default=90,
        db_default=90,
        validators=[MinValueValidator(50), MaxValueValidator(100)],
        help_text="By the truth that the labels suggest.",
    )
    overlap_budget = models.PositiveIntegerField(
        "annotations asked for like that in all, at most", default=0, db_default=0
    )
    overlap_asked_at = models.DateTimeField("when it was looked for what is unclear last", null=True, blank=True)
    watch_percent = models.PositiveSmallIntegerField(
        "agreement with gold below which a labeler at work is paused, in percent",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100)],
        help_text="Of first errors in quality control. 0: nobody is paused.",
    )
    watch_size = models.PositiveSmallIntegerField(
        "solutions of quality control that are looked back on",
        default=30,
        db_default=30,
        validators=[MinValueValidator(10), MaxValueValidator(500)],
    )
    retries = models.PositiveSmallIntegerField(
        "tries after the first one", default=1, validators=[MaxValueValidator(20)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overlap_most__lte=50, overlap_percent__range=(50, 100)), name="project_overlap_range"
            ),
            models.CheckConstraint(
                condition=Q(watch_percent__lte=100, watch_size__range=(10, 500)), name="project_watch_range"
            ),
            models.CheckConstraint(
                condition=Q(screening_size__gte=1, pass_percent__range=(1, 100)), name="project_screening_range"
            ),
            models.CheckConstraint(
                condition=Q(writer_temperature__range=(0, 2), alternatives_asked__range=(0, 20)),
                name="project_writer_range",
            ),
            models.CheckConstraint(condition=Q(candidates_shown__range=(1, 100)), name="project_candidates_range"),
            models.CheckConstraint(condition=Q(wanted__range=(1, 50)), name="project_wanted_range"),
            models.CheckConstraint(condition=Q(lease_minutes__range=(1, 1440)), name="project_lease_range"),
            models.CheckConstraint(condition=Q(most_minutes__range=(1, 1440)), name="project_most_range"),
        ]

    def __str__(self) -> str:
        return self.name


class Problem(models.Model):
    """A problem with its reference answer and reference solution, as loaded; never changed afterwards.

    `digest` is the identity: the same text with another reference is another problem of the same `statement`.
    The reference solution is never shown to labelers.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="problems", db_index=False)
    external_id = models.TextField(null=True)
    text = models.TextField()
    answer = models.TextField(null=True)
    solution = models.TextField(null=True)
    subject = models.TextField(null=True)
    level = models.TextField(null=True)
    digest = models.UUIDField()
    statement = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "digest"], name="problem_once")]
        indexes = [
            models.Index(fields=["project", "statement"], name="problem_by_statement"),
            models.Index(
                fields=["project", "external_id"],
                name="problem_by_external_id",
                condition=Q(external_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.external_id or self.text[:60]


class Solution(models.Model):
    """A model-written solution, fixed once imported.

    `pre_generated` solutions were written whole before labeling (PRM800K phase 2). The others grow step by
    step while a labeler chooses completions (phase 1): from a tree of completions that all labelers of the task
    share, or, loaded with their labels, as what one labeler was offered. `length` is then that of the longest way.
    `run` sampled it; null for one that was loaded.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="solutions", db_index=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="solutions")
    external_id = models.TextField(null=True)
    pre_generated = models.BooleanField(default=True)
    length = models.PositiveSmallIntegerField("number of steps")
    answer = models.TextField(null=True)
    score = models.FloatField("verifier score when loaded", null=True)
    generator = models.TextField(null=True)
    is_correct = models.BooleanField("verdict on the answer that came with it", null=True)
    run = models.ForeignKey("Run", null=True, on_delete=models.SET_NULL, related_name="solutions", db_index=False)
    digest = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "digest"], name="solution_once"),
            models.CheckConstraint(condition=Q(pre_generated=False) | Q(length__gte=1), name="solution_has_steps"),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="solution_by_project"),
            models.Index(fields=["run", "id"], name="solution_by_run", condition=Q(run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"solution {self.pk} of {self.problem}"


class Completion(models.Model):
    """A candidate text for one step. Completion 0 of a pre-generated solution is the solution's own step.

    In a tree, `parent` is the index of the completion of the step before that it continues (a foreign key holds
    it to one that is there); otherwise it is null. One that `is_own` was written by a labeler: it is offered to
    nobody, and only there to be continued.
    """

    pk = models.CompositePrimaryKey("solution_id", "step", "index")
    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="completions", db_index=False)
    step = models.PositiveSmallIntegerField()
    index = models.PositiveSmallIntegerField()
    parent = models.PositiveSmallIntegerField(null=True)
    is_own = models.BooleanField(default=False, db_default=False)
    text = models.TextField()

    class Meta:
        ordering = [F("solution"), F("step"), F("index")]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__gt=0) | Q(parent=None), name="completion_first_has_no_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
