"""The store as an app of Django."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Districts, rosters and syncs."""

    name = "firstbell.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
