"""`firstbell source`: where the deliveries of a district come from."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import FAILED, DataDir, Debug
from firstbell.cli.printable import printable
from firstbell.cli.store import WHO, District, store
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.method import Method

if TYPE_CHECKING:
    from firstbell.sources.rest.source import Rest
    from firstbell.store.sources import SourceShown

source = typer.Typer(help="Say where deliveries come from.", no_args_is_help=True)

#: The environment variable that a secret is taken from; otherwise it is asked for.
_SECRET = "FIRSTBELL_SOURCE_SECRET"  # noqa: S105 - its name


class Kind(StrEnum):
    """The kinds of sources."""

    FOLDER = "folder"
    UPLOAD = "upload"
    CLASSLINK = "classlink"
    ONEROSTER = "oneroster"


_APIS = (Kind.CLASSLINK, Kind.ONEROSTER)
_NEEDS = {
    Kind.FOLDER: "the folder or .zip has to be named",
    Kind.CLASSLINK: "the address of the API has to be given",
    Kind.ONEROSTER: "the address of the API has to be given",
}


@source.command(name="set")
def set_(
    district: District,
    kind: Annotated[
        Kind, typer.Argument(metavar="KIND", help="folder, upload, classlink or oneroster")
    ],
    where: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHERE]",
            help="Folder or .zip that the SIS writes every day, or the address of an API.",
        ),
    ] = None,
    version: Annotated[
        Version, typer.Option("--version", help="Of OneRoster, that the API speaks.")
    ] = Version.V1_1,
    auth: Annotated[
        Method, typer.Option("--auth", help="How the API is told who asks.")
    ] = Method.OAUTH1_SHA256,
    key: Annotated[str, typer.Option("--key", help="Whom the API knows us by.")] = "",
    token_url: Annotated[str, typer.Option("--token-url", help="Where OAuth 2 gives tokens.")] = "",
    scope: Annotated[
        str, typer.Option("--scope", help="Scopes of OAuth 2, with spaces between.")
    ] = "",
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Let a district's nightly syncs read a folder, an archive or an API, from its next night on.

    Or let its people upload its files, which are synced then; it has no nightly sync. The secret of
    an API is asked for, or taken from FIRSTBELL_SOURCE_SECRET; the connection is tested first.
    """
    if (kind is Kind.UPLOAD) != (where is None):
        needs = _NEEDS[kind] if where is None else "an upload comes from nowhere else"
        raise typer.BadParameter(needs, param_hint="WHERE")
    values = {
        "address": where or "",
        "vendor": kind,
        "version": version,
        "method": auth,
        "key": key,
        "token_url": token_url,
        "scope": scope,
    }
    with store(data_dir):
        shown = _set(district, kind, where or "", values)
    typer.echo(_words(shown))


def _set(district: str, kind: Kind, where: str, values: Mapping[str, str]) -> "SourceShown":
    from firstbell.store.sources import source_set, source_set_upload

    if kind in _APIS:
        return _set_api(district, values)
    if kind is Kind.FOLDER:
        return source_set(district=district, path=Path(where), who=WHO)
    return source_set_upload(district=district, who=WHO)


def _set_api(district: str, values: Mapping[str, str]) -> "SourceShown":
    from pydantic import ValidationError

    from firstbell.sources.rest.settings import settings_of, values_of
    from firstbell.sources.rest.source import Rest
    from firstbell.store.secret_key import use_kept_key
    from firstbell.store.sources import source_set_api
    from firstbell.store.syncs import district_of

    district_of(district)
    try:
        settings = settings_of(values)
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(why, param_hint="WHERE") from None
    secret = os.environ.get(_SECRET) or typer.prompt("Secret", hide_input=True)
    _tell(Rest(settings, secret))
    use_kept_key()
    return source_set_api(
        district=district,
        settings=values_of(settings),
        secret=secret,
        who=WHO,
    )


@source.command()
def test(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """See what a district's API shares with us; nothing is read, and nothing is applied."""
    with store(data_dir):
        from firstbell.jobs.fetching import fetched_of
        from firstbell.sources.rest.source import Rest
        from firstbell.store.syncs import district_of

        found = fetched_of(district_of(district))
        if not isinstance(found, Rest):
            raise typer.BadParameter(
                "its source is no API; firstbell check reads a folder or .zip",
                param_hint="DISTRICT",
            )
        _tell(found)


def _tell(api: "Rest") -> None:
    from firstbell.feed.refusal import Refused

    try:
        shared = api.shared()
    except Refused as refused:
        typer.echo(f"{refused}.\n{refused.solution}", err=True)
        raise typer.Exit(FAILED) from None
    for name, number in shared.numbers.items():
        typer.echo(f"{name:<12} {'not counted' if number is None else f'{number:,}':>12}")
    more = (shared.numbers["schools"] or 0) > len(shared.schools)
    names = [printable(name) for name in shared.schools]
    typer.echo(f"Schools: {', '.join([*names, '…'] if more else names)}")


@source.command()
def show(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Show where a district's deliveries come from; a secret is never shown."""
    with store(data_dir):
        from firstbell.store.sources import source_shown

        shown = source_shown(district)
    typer.echo(_words(shown))


def _words(shown: "SourceShown") -> str:
    said = shown.settings
    if shown.kind not in _APIS:
        return printable(f"{shown.kind} {said.get('path', '')}".strip())
    how = [f"OneRoster {said['version']}", said["method"], *([said["key"]] if said["key"] else ())]
    return printable(f"{shown.kind} {said['address']} ({', '.join(how)})")
