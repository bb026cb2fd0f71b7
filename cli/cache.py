"""`doctown cache`: what is kept in DOCTOWN_CACHE, how large, since when; and what is old removed."""

import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from adapters.cache import Kept, kept_in
from adapters.cache import prune as pruned
from adapters.settings import Settings
from cli import options
from cli.output import counted, print_json, say
from doctown.errors import BadRequest
from doctown.retention import DAY_S

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@click.group()
def cache() -> None:
    """What is kept on this machine, and what may go."""


@cache.command()
@options.as_json
def show(as_json: bool) -> None:
    """Say what is kept in DOCTOWN_CACHE, how large it is and since when."""
    settings = options.settings_with()
    rows = kept_in(Path(settings.cache))
    size = sum(row.bytes for row in rows)
    if as_json:
        print_json({"cache": settings.cache, "bytes": size, "kept": [asdict(row) for row in rows]})
        return
    click.echo(settings.cache)
    _print(row for row in rows if row.files)
    click.echo(f"  {'in all':<14}{_size(size):>10}")
    _say_of_store(settings)


@cache.command()
@options.option("--older-than", "DOCTOWN_CACHE_DAYS", "Remove what is older.", metavar="DAYS", type=float, default=None)
@click.option("--all", "everything", is_flag=True, help="Remove everything, models and the history of runs too.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@options.as_json
def prune(older_than: float | None, everything: bool, dry_run: bool, as_json: bool) -> None:
    """Remove what is old; never what a run needs that is on now. Models and the history of runs stay without --all."""
    if older_than is not None and not 0 <= older_than <= 36_500:
        raise BadRequest("--older-than is a number of days from 0 to 36500; give another.")
    settings = options.settings_with(cache_days=older_than)
    rows = pruned(Path(settings.cache), settings.cache_days * DAY_S, everything=everything, dry_run=dry_run)
    size, busy = sum(row.bytes for row in rows), [row.kind for row in rows if row.in_use]
    if as_json:
        gone = [asdict(row) for row in rows if row.files]
        print_json({"cache": settings.cache, "dry_run": dry_run, "bytes": size, "removed": gone, "in_use": busy})
        return
    _print(row for row in rows if row.files)
    click.echo(f"{'would free' if dry_run else 'freed'} {_size(size)} in {settings.cache}")
    if busy:
        say(f"A run is on and may need the {', '.join(busy)}; prune again when it has ended.")
    _say_of_store(settings)


def _print(rows: Iterable[Kept]) -> None:
    for row in rows:
        since = f"{_day(row.oldest)} to {_day(row.newest)}"
        used = "; in use" if row.in_use else ""
        files = counted(row.files, "files")
        click.echo(f"  {row.kind:<14}{_size(row.bytes):>10}  {files:>14}  {since}  {row.what}{used}")


def _day(since: Any) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(since))


def _size(number: float) -> str:
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"


def _say_of_store(settings: Settings) -> None:
    if settings.store:
        say("DOCTOWN_STORE is another place, which is not looked at: prune it with its own rules.")
