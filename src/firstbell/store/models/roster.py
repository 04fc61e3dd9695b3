"""The roster: one row an object, kept when it is gone, with the fields of OneRoster 1.1 and 1.2.

No row has a foreign key, and no table an index beside its key: a first load writes millions of
rows, and a sync is the only one that writes them. What they refer to is right when it commits.
"""

from django.db import models

from firstbell.store.models.columns import reference, references, sourced_id, text, texts
from firstbell.store.models.districts import District


class RosterObject(models.Model):
    """What all objects of the roster have."""

    pk = models.CompositePrimaryKey("district_id", "sourced_id")
    district = models.ForeignKey(
        District, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    sourced_id = sourced_id()
    #: The sync that created it; syncs may be gone before their objects.
    created_by = models.BigIntegerField()
    #: Since when it is gone; NULL: it is active.
    deactivated_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Org(RosterObject):
    """An org: a school, or what schools belong to."""

    name = text()
    type = text()
    identifier = text()
    parent_sourced_id = reference()

    class Meta:
        db_table = "orgs"


class AcademicSession(RosterObject):
    """A school year, a semester, a term or a grading period."""

    title = text()
    type = text()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    parent_sourced_id = reference()
    school_year = text()

    class Meta:
        db_table = "academic_sessions"


class Course(RosterObject):
    """A course, of which classes are held."""

    school_year_sourced_id = reference()
    title = text()
    course_code = text()
    grades = texts()
    org_sourced_id = reference()
    subjects = texts()
    subject_codes = texts()

    class Meta:
        db_table = "courses"


class User(RosterObject):
    """A student, a teacher or an administrator."""

    enabled_user = models.BooleanField(null=True)
    #: Those of the record, then the schools where the user is only enrolled.
    org_sourced_ids = references()
    role = text()
    username = text()
    user_ids = texts()
    given_name = text()
    family_name = text()
    middle_name = text()
    identifier = text()
    email = text()
    sms = text()
    phone = text()
    agent_sourced_ids = references()
    grades = texts()
    user_master_identifier = text()
    preferred_given_name = text()
    preferred_middle_name = text()
    preferred_family_name = text()
    primary_org_sourced_id = reference()
    pronouns = text()
    #: OneRoster 1.2: the rows of roles.csv that count, a JSON array of objects with the names of the
    #: standard; NULL in 1.1, and without any. It is compared as it is written, so that it is no jsonb.
    roles = text()

    class Meta:
        db_table = "users"


class Class(RosterObject):
    """A class: people who meet at one school."""

    title = text()
    grades = texts()
    course_sourced_id = reference()
    class_code = text()
    class_type = text()
    location = text()
    school_sourced_id = reference()
    term_sourced_ids = references()
    subjects = texts()
    subject_codes = texts()
    periods = texts()
    #: The user who is its primary teacher. What a sync means §5.
    primary_teacher_sourced_id = reference()

    class Meta:
        db_table = "classes"


class Enrollment(RosterObject):
    """A user in a class, in a role."""

    class_sourced_id = reference()
    school_sourced_id = reference()
    user_sourced_id = reference()
    role = text()
    primary = models.BooleanField(null=True)
    begin_date = models.DateField(null=True)
    end_date = models.DateField(null=True)

    class Meta:
        db_table = "enrollments"
