"""The people who sign in; the users of a roster are another thing."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from firstbell.store.models.districts import District


class Person(AbstractBaseUser):
    """Somebody who signs in, with an email address and a password."""

    #: In lower case: nobody knows which letters were written how.
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "persons"
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower"),
        )


class MembershipRole(models.TextChoices):
    """What a person is to a district."""

    ADMINISTRATOR = "administrator"
    #: Somebody of the vendor, who onboards its schools.
    SPECIALIST = "specialist"


class Membership(models.Model):
    """That a person may see a district."""

    pk = models.CompositePrimaryKey("district_id", "person_id")
    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.TextField(choices=MembershipRole)

    class Meta:
        db_table = "memberships"
