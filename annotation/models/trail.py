"""Who did what: rows that are only ever added."""

from django.db import models


class AuditEntry(models.Model):
    actor = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    project = models.ForeignKey("Project", null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"
