"""What labelers learn from, and what their work is measured by: instructions, gold, practice and screening."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Guideline(models.Model):
    """One version of a project's instructions, in Markdown; fixed once published (migration 0002).

    Each annotation made here is bound by a trigger to the newest version that its labeler had acknowledged:
    when it is begun, and once more when it is submitted.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="guidelines", db_index=False)
    version = models.PositiveSmallIntegerField()
    text = models.TextField("instructions")
    change = models.TextField("what changed", blank=True)
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="guideline_version_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="guideline_says_something"),
        ]

    def __str__(self) -> str:
        return f"instructions of {self.project}, version {self.version}"


class Acknowledgement(models.Model):
    """That a labeler has read a version."""

    labeler = models.ForeignKey("Membership", on_delete=models.CASCADE, related_name="+", db_index=False)
    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="acknowledgements")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["labeler", "guideline"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.labeler_id} has read {self.guideline_id}"


class Gold(models.Model):
    """What an expert accepts for a solution: judgements of its steps, of all or of some."""

    solution = models.OneToOneField("Solution", primary_key=True, on_delete=models.CASCADE, related_name="gold")
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"gold of solution {self.pk}"


class GoldSource(models.Model):
    """An annotation that gold was made from; it is not held against it."""

    pk = models.CompositePrimaryKey("gold_id", "annotation_id")
    gold = models.ForeignKey(Gold, on_delete=models.CASCADE, related_name="sources", db_index=False)
    annotation = models.ForeignKey("Annotation", on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"gold {self.gold_id} from {self.annotation_id}"


class GoldStep(models.Model):
    """The ratings accepted for one completion of one step, and whether this step may be the first error.

    Several steps may be reasonable as first error. The completion is one of the solution's (migration 0011).
    """

    pk = models.CompositePrimaryKey("gold_id", "step", "completion")
    gold = models.ForeignKey(Gold, on_delete=models.CASCADE, related_name="steps", db_index=False)
    step = models.PositiveSmallIntegerField()
    completion = models.PositiveSmallIntegerField(default=0)
    accepted = ArrayField(models.SmallIntegerField())
    can_be_first_error = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__contained_by=[-1, 0, 1]) & ~Q(accepted=[]), name="gold_accepts_ratings"
            ),
            models.CheckConstraint(
                condition=Q(can_be_first_error=False) | Q(accepted__contains=[-1], completion=0),
                name="gold_first_error_is_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.step}: {self.accepted}"


class Stage(models.TextChoices):
    """What comes before real work."""

    PRACTICE = "practice"
    SCREENING = "screening"


class CourseItem(models.Model):
    """A solution with gold that every new labeler of a project gets, in practice or in the screening."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="course", db_index=False)
    stage = models.CharField(max_length=9, choices=Stage.choices)
    gold = models.ForeignKey(Gold, on_delete=models.PROTECT, related_name="course_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "stage", "gold"], name="course_item_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="course_item_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: solution {self.gold_id}"


class Round(models.Model):
    """One labeler's way through the practice items, or through the screening.

    `solutions` are fixed, in the order in which this labeler gets them; later changes of the set do not count.
    A screening that is done has its agreement with gold (`learning.quality`) as it was at that moment.
    """

    labeler = models.ForeignKey("Membership", on_delete=models.CASCADE, related_name="rounds", db_index=False)
    stage = models.CharField(max_length=9, choices=Stage.choices)
    number = models.PositiveSmallIntegerField()
    solutions = ArrayField(models.BigIntegerField())
    begun_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    right = models.PositiveIntegerField("steps rated as gold accepts", default=0)
    judged = models.PositiveIntegerField("steps that gold judges and the labeler rated", default=0)
    found = models.PositiveIntegerField("solutions with an accepted first error", default=0)
    has_passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["labeler", "stage", "number"], name="round_once"),
            models.UniqueConstraint(fields=["labeler"], name="round_one_open", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="round_stage"),
            models.CheckConstraint(
                condition=Q(has_passed=None) | Q(ended_at__isnull=False, stage=Stage.SCREENING),
                name="round_result_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.number + 1} of {self.labeler_id}"

    @property
    def size(self) -> int:
        return len(self.solutions)


class Verdict(models.TextChoices):
    LET_IN = "let_in", "let in"
    TURNED_DOWN = "turned_down", "turned down"
    TRY_AGAIN = "try_again", "another try"
    PAUSED = "paused", "paused"
    RESUMED = "resumed", "resumed"


class Decision(models.Model):
    """What a manager or quality control decided about a labeler. The latest one counts.

    Without an actor it was quality control (`learning.watching`). The labeler may reply to a pause, once.
    """

    labeler = models.ForeignKey("Membership", on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=11, choices=Verdict.choices)
    reason = models.TextField()
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reply = models.TextField(blank=True, default="", db_default="")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None) | Q(verdict="paused", replied_at__isnull=False),
                name="decision_reply_to_a_pause",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="decision_verdict"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.labeler_id}"


class Flag(models.Model):
    """A pattern in a labeler's work that a manager should look at; up until one has."""

    class Kind(models.TextChoices):
        TOO_FAST = "too_fast", "too fast"
        NEVER_CHANGING = "never_changing", "never changing"

    labeler = models.ForeignKey("Membership", on_delete=models.CASCADE, related_name="flags", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["labeler", "kind"], name="flag_up_once", condition=Q(dismissed_at=None)
            ),
            models.CheckConstraint(condition=Q(kind__in=("too_fast", "never_changing")), name="flag_kind"),
        ]
        indexes = [models.Index(fields=["labeler", "kind", "id"], name="flag_of_labeler")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.labeler_id}"


class Consensus(models.Model):
    """What holds of a solution on which labelers disagreed, as somebody decided; their labels stay as they are."""

    solution = models.OneToOneField(
        "Solution", primary_key=True, on_delete=models.CASCADE, related_name="consensus"
    )
    author = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"consensus on solution {self.pk}"


class ConsensusStep(models.Model):
    """The rating that holds of one completion, and why labelers disagreed if they did."""

    class Code(models.TextChoices):
        RUBRIC_GAP = "rubric_gap", "the instructions leave it open"
        SLIP = "slip", "somebody slipped"
        AMBIGUITY = "ambiguity", "it is really ambiguous"

    pk = models.CompositePrimaryKey("consensus_id", "step", "completion")
    consensus = models.ForeignKey(Consensus, on_delete=models.CASCADE, related_name="steps", db_index=False)
    step = models.PositiveSmallIntegerField()
    completion = models.PositiveSmallIntegerField(default=0)
    rating = models.SmallIntegerField()
    code = models.CharField(max_length=10, choices=Code.choices, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rating__in=(-1, 0, 1)), name="consensus_rating_range"),
            models.CheckConstraint(
                condition=Q(code__in=("", "rubric_gap", "slip", "ambiguity")), name="consensus_code"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.step}: {self.rating}"
