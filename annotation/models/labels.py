"""What labelers said: annotations and the ratings in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class FinishReason(models.TextChoices):
    """How an annotation ended, in PRM800K's words."""

    SOLUTION = "solution"
    FOUND_ERROR = "found_error"
    BAD_PROBLEM = "bad_problem"
    GIVE_UP = "give_up"


class Annotation(models.Model):
    """One labeler's work on one task: a draft while `submitted_at` is null, fixed afterwards.

    `guideline` is the version of the instructions the labeler worked by (`models.learning`).
    `round` is the practice or the screening it belongs to; null in regular work.
    `token` names it in addresses; imported annotations have none.
    `chosen` has one entry for each annotated step: the position of the completion the solution went on
    with, or null. `active_ms` is time at work in milliseconds (`labeling.timing`), `step_ms` its part for each
    step; in imported rows `active_ms` is PRM800K's `total_time`. Wall time is from `started_at` to `submitted_at`.
    `version` counts the saves of the draft. `submit_key` and `submit_digest` tell a submit that is sent again.
    `is_surplus`: it came when all places were filled, and is one more than was wanted.
    `timestamp_text` and `empty_steps` keep what only a byte-exact export of imported rows needs: a
    timestamp that is not written as Python's isoformat, and steps whose completions were `[]`, not null.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="annotations", db_index=False)
    task = models.ForeignKey("Task", on_delete=models.PROTECT, related_name="annotations", db_index=False)
    solution = models.ForeignKey("Solution", on_delete=models.PROTECT, related_name="annotations", db_index=False)
    labeler = models.ForeignKey("Membership", on_delete=models.PROTECT, related_name="annotations", db_index=False)
    guideline = models.ForeignKey(
        "Guideline", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    round = models.ForeignKey(
        "Round", null=True, on_delete=models.PROTECT, related_name="annotations", db_index=False
    )
    token = models.UUIDField(null=True, unique=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    finish_reason = models.CharField(max_length=12, choices=FinishReason.choices, null=True)
    explanation = models.TextField("why the labeler gave up or calls the problem bad", blank=True, db_default="")
    active_ms = models.BigIntegerField(default=0, db_default=0)
    step_ms = ArrayField(models.IntegerField(), default=list, db_default=[])
    version = models.IntegerField(default=0, db_default=0)
    submit_key = models.UUIDField(null=True)
    submit_digest = models.UUIDField(null=True)
    is_surplus = models.BooleanField(default=False, db_default=False)
    chosen = ArrayField(models.SmallIntegerField(null=True), default=list, db_default=[])
    is_imported = models.BooleanField(default=False, db_default=False)
    timestamp_text = models.TextField(null=True)
    empty_steps = ArrayField(models.SmallIntegerField(), default=list, db_default=[])
    digest = models.UUIDField("identity of the imported line", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="annotation_once"),
            models.UniqueConstraint(
                fields=["project", "digest"], name="annotation_line_once", condition=Q(digest__isnull=False)
            ),
            models.UniqueConstraint(fields=["id", "solution"], name="annotation_solution_for_labels"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, finish_reason__isnull=True)
                | Q(
                    submitted_at__isnull=False, finish_reason__isnull=False, finish_reason__in=FinishReason.values
                ),
                name="annotation_finished_whole",
            ),
            models.CheckConstraint(condition=Q(active_ms__gte=0), name="annotation_time_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["project", "id"],
                name="annotation_submitted",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=["labeler", "submitted_at"], name="annotation_of_labeler"),
            models.Index(fields=["solution", "labeler"], name="annotation_of_solution"),
            models.Index(fields=["round"], name="annotation_in_round", condition=Q(round__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk}"


class StepLabel(models.Model):
    """One rating of one completion of one step in one annotation.

    `position` is where the completion stood before the labeler, `completion` which one of the solution's
    completions it was; in the draft of a solution that grows, both say which one it is. Both foreign keys are
    composite (migration 0002): the completion must be one of this solution, and the annotation must be of this
    solution. `version` is the draft's when the label was last changed, `flagged` whether the labeler was unsure.
    """

    pk = models.CompositePrimaryKey("annotation_id", "step", "position")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="labels", db_index=False, db_constraint=False
    )
    solution = models.ForeignKey(
        "Solution", on_delete=models.PROTECT, related_name="labels", db_index=False, db_constraint=False
    )
    step = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    completion = models.PositiveSmallIntegerField()
    rating = models.SmallIntegerField(null=True)
    flagged = models.BooleanField(null=True)
    version = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__in=(-1, 0, 1)), name="label_rating_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating} for step {self.step}"


class PackedAnnotation(models.Model):
    """A submitted annotation that counts, neither practice nor surplus, for what reads all of a project.

    The database writes it when the annotation is submitted (migration 0016), and a load when it has added one with
    its labels; all are fixed from then on. All is big endian.

    `facts`: annotation (32 bits), solution (32); labeler (16), active milliseconds (48); when it was submitted, in
    microseconds since 2000 (64); steps of the solution (32), whether it was pre-generated (1), empty (7), the
    generation + 32,768 (16), why the annotation ended, as `agreement.tables.REASONS` has it (8); how many bytes
    `ratings` has (32). Of a solution that grows, the steps are 0.

    `ratings`: four bytes each, by step and completion: step (14 bits), completion (16), rating + 1 (2). What is
    not rated is not in it.
    """

    annotation = models.OneToOneField(
        Annotation, primary_key=True, on_delete=models.CASCADE, related_name="packed"
    )
    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    facts = models.BinaryField()
    ratings = models.BinaryField()

    def __str__(self) -> str:
        return f"packed {self.annotation_id}"


class Choice(models.Model):
    """What a solution that grows goes on with after the steps of `path`, in one annotation.

    `path` has for each step so far which completion it is, -1 for one the labeler wrote; so what was chosen on
    another way is kept, and counts again when the labeler comes back to it. `completion` is null where the
    labeler's own `text` is the step; a generator continues that as the completion `own`. `is_drawn`: by lot, not
    by the labeler. `is_alone`: written where nothing was offered, and what is offered there later does not count.
    """

    pk = models.CompositePrimaryKey("annotation_id", "path")
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="choices", db_index=False)
    path = ArrayField(models.SmallIntegerField())
    completion = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True, db_default="")
    own = models.PositiveSmallIntegerField(null=True)
    is_alone = models.BooleanField(default=False, db_default=False)
    is_drawn = models.BooleanField()
    version = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(completion__isnull=False) | (~Q(text="") & Q(is_drawn=False)),
                name="choice_of_something",
            ),
        ]

    def __str__(self) -> str:
        return self.text if self.completion is None else f"completion {self.completion}"


class HumanCompletion(models.Model):
    """A step the labeler wrote because no completion would do (PRM800K phase 1).

    `is_plain_text` and `has_corrected_rating` say how an imported line wrote it, for a byte-exact export.
    """

    pk = models.CompositePrimaryKey("annotation_id", "step")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="human_completions", db_index=False
    )
    step = models.PositiveSmallIntegerField()
    text = models.TextField()
    rating = models.SmallIntegerField(null=True)
    flagged = models.BooleanField(null=True)
    corrected_rating = models.SmallIntegerField(null=True)
    has_corrected_rating = models.BooleanField(default=False)
    is_plain_text = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__in=(-1, 0, 1)), name="human_rating_range"
            ),
            models.CheckConstraint(
                condition=Q(corrected_rating__isnull=True) | Q(corrected_rating__in=(-1, 0, 1)),
                name="human_corrected_rating_range",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
