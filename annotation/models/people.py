"""People, what they are in which project, and the secrets they sign in with."""

import hashlib
import json
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractBaseUser):
    """A person who can sign in. Staff run this installation: they make projects and manage all of them.

    `keys` has the keys of the desk that are not the usual ones: {"negative": ["q"], "undo": []}. Migration 0002
    holds their shape.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    keys = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def keys_json(self) -> str:
        """For an attribute of the page; never for a script."""
        return json.dumps(self.keys)


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in, or somebody unknown; `annotation.sessions` reads and writes it."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")


class Role(models.TextChoices):
    LABELER = "labeler"
    RESEARCHER = "researcher"
    MANAGER = "manager"


class Membership(models.Model):
    """What one person is in one project, and the name under which their labels leave it.

    `pseudonym` is PRM800K's `labeler`: it differs from project to project and says nothing about the person.
    A labeler known only from imported history has no user.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="memberships")
    pseudonym = models.UUIDField(default=uuid.uuid4)
    is_labeler = models.BooleanField(default=False)
    is_researcher = models.BooleanField(default=False)
    is_manager = models.BooleanField(default=False)
    watched_at = models.DateTimeField("when quality control looked at the labeler last", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once"),
            models.UniqueConstraint(fields=["project", "pseudonym"], name="membership_pseudonym_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.pseudonym} in {self.project}"

    @property
    def roles(self) -> list[Role]:
        return [role for role in Role if getattr(self, f"is_{role.value}")]


def digest_of(secret: str) -> str:
    """What is stored of a secret that was drawn at random with at least 128 bits: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SecretQuerySet(models.QuerySet["Any"]):
    def issue(self, **fields: Any) -> str:
        """Store the digest of a new secret and return the secret, which is never shown again."""
        secret = secrets.token_urlsafe(32)
        self.create(digest=digest_of(secret), **fields)
        return secret

    def holding(self, secret: str) -> "SecretQuerySet":
        return self.filter(digest=digest_of(secret))


class ApiToken(models.Model):
    """A key for the API. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField("what it is for", max_length=60, blank=True, default="", db_default="")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField("when it was used last, within an hour", null=True)

    objects = SecretQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token of {self.user}"


class SignInLink(models.Model):
    """A link that signs one person in, once, before it expires."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    is_from_manager = models.BooleanField("made by a manager, who may have signed in with it", default=False)

    objects = SecretQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sign-in link of {self.user}"
