"""Settings of the property tests: no deadlines, for they are about answers and not about time."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "firstbell", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("firstbell")
