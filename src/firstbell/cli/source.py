"""`firstbell source`: where the deliveries of a district come from."""

import inspect
import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbell.cli.exits import FAILED, DataDir, Debug
from firstbell.cli.printable import printable
from firstbell.cli.store import WHO, District, store
from firstbell.sources.kind import Kind, Wrong, asked_of, settings_from, values_of
from firstbell.sources.kinds import KINDS

if TYPE_CHECKING:
    from firstbell.store.sources import SourceKept

source = typer.Typer(help="Say where deliveries come from.", no_args_is_help=True)

#: The environment variable that a secret is taken from; otherwise it is asked for.
_SECRET = "FIRSTBELL_SOURCE_SECRET"  # noqa: S105 - its name
_Kinds = StrEnum("_Kinds", {name: name for name in KINDS})  # type: ignore[misc]  # its members are known when it runs


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command an option for each setting of each kind."""
    signature = inspect.signature(command)
    options = {
        one.name: inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=one.default,
            annotation=Annotated[
                StrEnum(one.name, {value: value for value in one.choices}) if one.choices else str,
                typer.Option(one.setting.option, help=one.setting.help),
            ],
        )
        for kind in KINDS.values()
        for one in asked_of(kind)
        if one.setting.option
    }
    own = [one for one in signature.parameters.values() if one.name != "given"]
    command.__signature__ = signature.replace(parameters=[*own, *options.values()])  # type: ignore[attr-defined]
    return command


@source.command(name="set")
@_with_options
def set_(
    district: District,
    kind: Annotated[_Kinds, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")],
    where: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHERE]",
            help="Folder or .zip that the SIS writes every day, or the address of an API.",
        ),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
    **given: str,
) -> None:
    """Let a district's nightly syncs read a folder, an archive or an API, from its next night on.

    Or let its people upload its files, which are synced then; it has no nightly sync. The secret of
    an API is asked for, or taken from FIRSTBELL_SOURCE_SECRET; the connection is tested first. When
    the roster was read from another source before, the first sync is held for a specialist.
    """
    chosen = KINDS[kind]
    settings = _settings(chosen, where, given)
    with store(data_dir):
        from firstbell.jobs.fetching import review_of
        from firstbell.store.secret_key import use_kept_key
        from firstbell.store.sources import source_of, source_set
        from firstbell.store.syncs import district_of

        found, secret = district_of(district), ""
        if chosen.secret:
            secret = os.environ.get(_SECRET) or typer.prompt(chosen.secret, hide_input=True)
        _tell(chosen, settings, secret)
        use_kept_key()
        source_set(
            district=district,
            kind=chosen.name,
            settings=values_of(settings),
            secret=secret,
            who=WHO,
        )
        shown = source_of(found)
        if why := review_of(found.read_from, shown.said):
            typer.echo(f"{why[:1].upper()}{why[1:]}.", err=True)
    typer.echo(_words(shown))


def _settings(kind: Kind, where: str | None, given: Mapping[str, str]) -> Any:
    """The settings that were given; refuses those that cannot be used."""
    asked = {one.name: one for one in asked_of(kind)}
    if where is not None and not kind.where:
        raise typer.BadParameter(f"{kind.called} come from nowhere else", param_hint="WHERE")
    values = {name: str(value) for name, value in given.items()}
    if where is not None:
        is_path = asked[kind.where].is_path
        values[kind.where] = str(Path(where).absolute()) if is_path else where
    try:
        return settings_from(kind, values)
    except Wrong as wrong:
        option = asked[wrong.name].setting.option
        raise typer.BadParameter(wrong.why, param_hint=option or "WHERE") from None


@source.command()
def test(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """See what a district's API shares with us; nothing is read, and nothing is applied."""
    with store(data_dir):
        from firstbell.jobs.fetching import secret_of
        from firstbell.store.secret_key import use_kept_key
        from firstbell.store.sources import source_of
        from firstbell.store.syncs import district_of

        kept = source_of(district_of(district))
        kind = KINDS[kept.kind]
        if kind.tried is None:
            raise typer.BadParameter(
                "its source is no API; firstbell check reads a folder or .zip",
                param_hint="DISTRICT",
            )
        use_kept_key()
        _tell(kind, settings_from(kind, kept.settings), secret_of(kept))


def _tell(kind: Kind, settings: object, secret: str) -> None:
    """Tries a source and prints what it shares; one that cannot be tried is taken as it is."""
    from firstbell.feed.refusal import Refused

    if kind.tried is None:
        return
    try:
        shared = kind.tried(settings, secret)
    except Refused as refused:
        typer.echo(f"{refused}.\n{refused.solution}", err=True)
        raise typer.Exit(FAILED) from None
    for name, number in shared.numbers.items():
        typer.echo(f"{name:<12} {'not counted' if number is None else f'{number:,}':>12}")
    names = [printable(name) for name in shared.schools]
    typer.echo(f"Schools: {', '.join([*names, '…'] if shared.has_more else names)}")


@source.command()
def show(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Show where a district's deliveries come from; a secret is never shown."""
    with store(data_dir):
        from firstbell.store.sources import source_of
        from firstbell.store.syncs import district_of

        shown = source_of(district_of(district))
    typer.echo(_words(shown))


def _words(kept: "SourceKept") -> str:
    kind = KINDS[kept.kind]
    others = [
        f"OneRoster {kept.settings[one.name]}" if one.name == "version" else kept.settings[one.name]
        for one in asked_of(kind)
        if one.name != kind.where and kept.settings.get(one.name)
    ]
    said = f" ({', '.join(others)})" if others else ""
    return printable(f"{kind.name} {kept.settings.get(kind.where, '')}".strip() + said)
