"""Every address of the URLconf, so that no new page is left out of a test about all of them."""

from collections.abc import Iterator, Sequence, Set

from django.urls import URLPattern, URLResolver, get_resolver

#: Pages for people who are not signed in.
_OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password_from_key",
    "account_reset_password",
    "account_reset_password_done",
    "invitation",
    "mfa_authenticate",
    "openid_connect_callback",
    "openid_connect_login",
}
#: Of a person, whatever the districts.
OF_ACCOUNTS = {
    "account",
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}


def _pages(
    among: Sequence[URLPattern | URLResolver], outer: Set[str] = frozenset()
) -> Iterator[tuple[str | None, Set[str]]]:
    """The name of each page, and the values that its address has."""
    for one in among:
        values = outer | set(one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns, values)
        else:
            yield one.name, values


#: By the name of each page, the values that its address has.
PAGES = dict(_pages(get_resolver().url_patterns))
#: Those for people who are signed in.
CLOSED = sorted(str(name) for name in PAGES if name not in _OPEN)
