"""What all tests share: Django set up, for doctest imports every module; and databases."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "firstbell.web.settings"
django.setup()

pytest_plugins = ["tests.servers"]
