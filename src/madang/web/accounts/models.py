"""Who works here: people, departments, the posts that own data, and who holds which post from when to when."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from madang.access import ROLES


class Users(BaseUserManager["User"]):
    """Makes and finds people."""

    def create_user(self, username: str, password: str | None = None, **said: object) -> User:
        user: User = self.model(username=username, **said)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a login name. `roles` are role ids separated by spaces (access.ROLES)."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    roles = models.CharField(max_length=200, default="official")
    department = models.ForeignKey("Department", null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)  # made up for the sample city
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = Users()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def role_set(self) -> frozenset[str]:
        """Its roles; words that are no role count for nothing."""
        return frozenset(self.roles.split()) & frozenset(ROLES)


class Lived(models.Model):
    """What exists from a day to a day (both included; empty: without limit) and then is what `successor` is.

    `carried_at`: when what named it and belonged to it had gone over to the successor; None until that is done."""

    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    carried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Department(Lived):
    """A department, as long as it existed; `successor` took over what it owned."""

    name = models.CharField(max_length=100, unique=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    def __str__(self) -> str:
        return self.name


class Post(Lived):
    """A duty of a department: what a dataset's steward is ("교통과 주차관리팀")."""

    name = models.CharField(max_length=150, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="posts")
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """Who holds a post, from a day to a day (both included); no end: until further notice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="holding_ends_after_it_begins",
            )
        ]


class ApiToken(models.Model):
    """A key for programs; only its hash is kept. Its rights are the person's, narrowed by `scopes` (read, deposit)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=100, default="read")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Attempts(models.Model):
    """How often in a row signing in failed under a name, whether an account has it or not; the name is kept as a hash."""

    name = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)


class Session(AbstractBaseSession):
    """A browser that is signed in: whose it is, since when, from where, and when it was last used."""

    user_id = models.BigIntegerField(null=True, db_index=True)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        from madang.web.accounts.sessions import SessionStore

        return SessionStore
