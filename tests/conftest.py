"""Settings of the property tests: no deadlines, for they are about answers and not about time.

`make test` draws the same examples every time, so that a red run is about the change at hand; the
soak draws new ones each time.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "firstbell",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("firstbell")
