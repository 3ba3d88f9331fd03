"""Model endpoints as managers register them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    """A model that scores steps or writes them, behind an address.

    `options` are those of its protocol (fields of `serving.Endpoint`). `sealed_key` is encrypted together with
    the URL that it is for (`endpoints.keys`), and sent nowhere else. The last three are the breaker that
    all workers share (`serving.retrying.Breaker`).
    """

    class Role(models.TextChoices):
        SCORER = "scorer"
        GENERATOR = "generator"

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="endpoints")
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Role.choices)
    protocol = models.CharField(max_length=20)
    url = models.TextField()
    model = models.TextField(blank=True)
    sealed_key = models.BinaryField(null=True)
    options = models.JSONField(default=dict)
    seconds = models.FloatField(
        "deadline of a request in seconds",
        default=30.0,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    parallel = models.PositiveSmallIntegerField(
        "requests in flight, of all workers together",
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(256)],
    )
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    is_probing = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="endpoint_name_once"),
            models.CheckConstraint(condition=Q(role__in=("scorer", "generator")), name="endpoint_role"),
            models.CheckConstraint(
                condition=Q(parallel__range=(1, 256), seconds__gt=0)
                & (Q(seconds__lte=60) | Q(role="generator", seconds__lte=600)),
                name="endpoint_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def generates_as(self) -> str:
        """The generator of a solution: what the server calls the model, or what the project calls the endpoint."""
        return self.model or self.name
