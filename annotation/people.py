"""Who may sign in, and what they are in a project."""

from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation import audit
from annotation.models import ApiToken, Membership, Project, Role, SignInLink, User

LINK_LIFETIME = timedelta(hours=24)


def find_user(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


@transaction.atomic
def add_member(
    *, actor: User | None, project: Project, email: str, name: str = "", roles: Collection[Role]
) -> Membership:
    """Give a person these roles in a project; a person unknown so far gets an account without a password."""
    user = find_or_create_user(email, name)
    membership, _ = Membership.objects.get_or_create(project=project, user=user)
    set_roles(actor=actor, membership=membership, roles=roles)
    return membership


def find_or_create_user(email: str, name: str) -> User:
    defaults = {"name": name, "password": make_password(None)}
    user, _ = User.objects.get_or_create(email=email.strip().lower(), defaults=defaults)
    return user


@transaction.atomic
def make_staff(*, actor: User | None, email: str, name: str = "") -> User:
    """Let a person, known or new, run this installation."""
    user = find_or_create_user(email, name)
    end_sign_ins_of_managers(user)
    user.is_staff = True
    user.save()
    audit.record(actor, "make staff", user)
    return user


def end_sign_ins_of_managers(user: User | None) -> None:
    """When somebody comes to more than one project: end what a manager may hold who once made them a link.

    Their sessions, tokens, links and password end; they come in anew by a link of whoever runs the installation.
    """
    if user is None or not user.sign_in_links.filter(is_from_manager=True).exists():
        return
    user.set_unusable_password()
    user.save()
    end_secrets(user)


@transaction.atomic
def make_token(*, user: User, name: str) -> str:
    """A key for the API that one gives oneself; it is never shown again."""
    secret = ApiToken.objects.issue(user=user, name=name)
    audit.record(user, "make API token", ApiToken.objects.holding(secret).get(), name=name)
    return secret


@transaction.atomic
def revoke_token(*, token: ApiToken) -> None:
    audit.record(token.user, "revoke API token", token, name=token.name)
    token.delete()


def end_secrets(user: User) -> None:
    """Forget the person's API tokens and sign-in links."""
    user.api_tokens.all().delete()
    user.sign_in_links.all().delete()


@transaction.atomic
def set_roles(*, actor: User | None, membership: Membership, roles: Collection[Role]) -> None:
    """Replace the roles. A person without any keeps the labels already made."""
    before = membership.roles
    if roles and not before and works_elsewhere(membership):
        end_sign_ins_of_managers(membership.user)
    for role in Role:
        setattr(membership, f"is_{role.value}", role in roles)
    membership.save()
    audit.record(actor, "set roles", membership, project=membership.project, before=before, after=sorted(roles))


def make_link(*, user: User, lifetime: timedelta = LINK_LIFETIME, is_from_manager: bool = False) -> str:
    """The secret of a new link that signs this person in once."""
    expires_at = timezone.now() + lifetime
    return SignInLink.objects.issue(user=user, expires_at=expires_at, is_from_manager=is_from_manager)


def link_for_member(*, actor: User, membership: Membership) -> str | None:
    """A link for somebody in one's project, to be passed on by hand; None where that would give too much.

    A manager must not become staff, or enter another project, by signing in as somebody else.
    """
    user = membership.user
    if user is None or user.is_staff or (works_elsewhere(membership) and not actor.is_staff):
        return None
    with transaction.atomic():
        audit.record(actor, "make sign-in link", user, project=membership.project)
        return make_link(user=user, is_from_manager=not actor.is_staff)


def works_elsewhere(membership: Membership) -> bool:
    """Whether the person has a role in another project, which this project's managers must not take on."""
    others = Membership.objects.filter(user=membership.user).exclude(pk=membership.pk)
    return others.filter(Q(is_manager=True) | Q(is_researcher=True) | Q(is_labeler=True)).exists()


def user_of_link(secret: str) -> User | None:
    """Whom the link would sign in, if it still holds."""
    link = SignInLink.objects.holding(secret).filter(usable()).select_related("user").first()
    return link.user if link else None


@transaction.atomic
def use_link(secret: str) -> User | None:
    """Use the link up; None when it was used before, has expired or never was."""
    user = user_of_link(secret)
    now = timezone.now()  # no join: the condition must be looked at again when another request was first
    used = SignInLink.objects.holding(secret).filter(used_at=None, expires_at__gt=now).update(used_at=now)
    return user if used else None


def usable() -> Q:
    return Q(used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
