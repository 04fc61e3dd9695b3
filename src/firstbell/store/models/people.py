"""The people who sign in; the users of a roster are another thing."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from firstbell.store.models.districts import District


class MailChoice(models.TextChoices):
    """Of which syncs a person is told by mail."""

    EVERY = "every"
    #: Those whose causes are others than the sync before had, and all that are told of by the next.
    CHANGES = "changes"
    #: Failed and stale syncs, and holds.
    FAILURES = "failures"


class Theme(models.TextChoices):
    """How pages look to a person."""

    SYSTEM = ""
    LIGHT = "light"
    DARK = "dark"


class Person(AbstractBaseUser):
    """Somebody who signs in, with an email address and a password."""

    #: In lower case: nobody knows which letters were written how.
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    #: Somebody of the vendor, who may open every district for a stated reason.
    is_specialist = models.BooleanField(default=False)
    mail = models.TextField(choices=MailChoice, default=MailChoice.CHANGES)
    theme = models.TextField(choices=Theme, blank=True, default=Theme.SYSTEM)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    @property
    def called(self) -> str:
        """How the audit log and pages name the person."""
        return self.name or self.email

    class Meta:
        db_table = "persons"
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower"),
        )


class MembershipRole(models.TextChoices):
    """What a person is to a district."""

    ADMINISTRATOR = "administrator"


class Membership(models.Model):
    """That a person may see a district."""

    pk = models.CompositePrimaryKey("district_id", "person_id")
    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.TextField(choices=MembershipRole)
    #: The administrator of the district's roster whom the person was invited as; empty: none.
    roster_user = models.TextField(blank=True, default="")
    #: Since when that administrator is gone from the roster; the person sees nothing meanwhile.
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "memberships"


class Invitation(models.Model):
    """That somebody may become a member of a district, or a specialist; it is gone when accepted."""

    #: None: to be a specialist.
    district = models.ForeignKey(District, models.CASCADE, related_name="+", null=True)
    #: In lower case.
    email = models.EmailField()
    #: The id of the OpenID Connect provider that the person signs in at; empty: with a password.
    provider = models.TextField(blank=True, default="")
    roster_user = models.TextField(blank=True, default="")
    #: Of the token that the link bears, SHA-256 in hex.
    token_hash = models.TextField(unique=True)
    invited_by = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "invitations"


class Identity(models.Model):
    """Who a person is at an OpenID Connect provider."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    issuer = models.TextField()
    subject = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "identities"
        constraints = (
            models.UniqueConstraint(fields=["issuer", "subject"], name="identities_by_subject"),
        )


class Opening(models.Model):
    """That a specialist opened a district, and why; it lets in for some hours."""

    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    reason = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "openings"
        indexes = (
            models.Index(fields=["person", "district", "-opened_at"], name="openings_by_person"),
        )
