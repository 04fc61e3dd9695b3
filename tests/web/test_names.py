"""Names, as pages show them."""

from django.template import Context, Template


def _shown(filters: str, name: str) -> str:
    return Template(f"{{% load names %}}{{{{ name|{filters} }}}}").render(Context({"name": name}))


def test_a_time_zone_is_named_as_people_call_it_and_any_other_by_its_id() -> None:
    assert _shown("zone_named", "America/Chicago") == "Central Time (America/Chicago)"
    assert _shown("zone_named", "Europe/Berlin") == "Europe/Berlin"


def test_a_name_of_several_words_in_one_may_break_between_them_and_stays_escaped() -> None:
    assert _shown("breakable", "academicSessions") == "academic<wbr>Sessions"
    assert _shown("breakable", "users") == "users"
    assert _shown("breakable", "a<Bb") == "a&lt;Bb"
