"""`playhead token`: who may read and write. Works while a server runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import click

from replay.clock import format_time
from server.access import FILE, ROLES, NewToken, Pages, Role, Token, TokenStore
from server.cli.options import json_option, takes_settings
from server.cli.output import remark, show, show_json, table
from server.cli.program import Group
from server.cli.text import moment, printable
from server.settings import Settings


@click.group(
    cls=Group,
    examples=[
        ("A token that may read everything", "playhead token create --data kept --name me --role read"),
        ("Who has one", "playhead token list --data kept"),
    ],
)
def token() -> None:
    """Make, list and revoke tokens and log pages out, also while the server runs.

    A token has roles: read, ingest, and admin, which implies both. It is for every log, or for some.
    """


@token.command(
    examples=[
        ("For a person", "playhead token create --data kept --name ada --role read --role ingest"),
        (
            "For a device, one log only",
            "playhead token create --data kept --name kiosk --role ingest --log museum",
        ),
        ("For a script", "TOKEN=$(playhead token create --data kept --name cron --role read)"),
    ]
)
@takes_settings("data")
@click.option("--name", required=True, metavar="NAME", help="Whose it is, to recognise it by.")
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    required=True,
    help="What it may do; may be given more than once.",
)
@click.option(
    "--log", "logs", metavar="LOG", multiple=True, help="Limit it to this log; may be given more than once."
)
@json_option
def create(
    settings: Settings, name: str, roles: tuple[Role, ...], logs: tuple[str, ...], as_json: bool
) -> None:
    """Make a token and print it. It cannot be shown again: only its SHA-256 is kept."""
    new = asyncio.run(_create(settings, name, roles, logs))
    if as_json:
        show_json({"id": new.id, "token": new.token})
        return
    click.echo(new.token)
    where = f"the logs {', '.join(logs)}" if logs else "every log"
    remark(f"{printable(name)} ({new.id}): {', '.join(roles)} on {printable(where)}. It is shown only now.")


@token.command(name="list", examples=[("All of them, also revoked ones", "playhead token list --data kept")])
@takes_settings("data")
@json_option
def list_(settings: Settings, as_json: bool) -> None:
    """List the tokens, the oldest first. No secret is shown: none is kept."""
    tokens = asyncio.run(_list(settings))
    if as_json:
        show_json({"tokens": [_document(one) for one in tokens]})
        return
    rows = table("id", "name", "roles", "logs", "made", "state")
    for one in tokens:
        state = "live" if one.revoked is None else f"revoked {moment(format_time(one.revoked))}"
        logs = "every log" if one.logs is None else printable(", ".join(one.logs))
        name = printable(one.name)
        rows.add_row(
            one.id,
            name,
            ", ".join(one.roles),
            logs,
            moment(format_time(one.created)),
            state,
            style="" if one.revoked is None else "dim",
        )
    show(rows)


@token.command(examples=[("By name, or by id", "playhead token revoke --data kept kiosk tok_abcdefgh")])
@click.argument("tokens", metavar="ID|NAME...", nargs=-1, required=True)
@takes_settings("data")
@json_option
def revoke(tokens: tuple[str, ...], settings: Settings, as_json: bool) -> None:
    """Revoke tokens, all that are named or none. Their open streams end within a second."""
    revoked = asyncio.run(_revoke(settings, tokens))
    if as_json:
        show_json({"tokens": [_document(one) for one in revoked]})
        return
    for one in revoked:
        show(f"{printable(one.name)} ({one.id}) is revoked")


@token.command(examples=[("Nobody stays logged in", "playhead token logout --data kept")])
@takes_settings("data")
@json_option
def logout(settings: Settings, as_json: bool) -> None:
    """Log every page out, those of the printed link too. Tokens stay; a page's open streams end within a second."""
    ended = asyncio.run(_log_out(settings))
    if as_json:
        show_json({"ended": ended})
        return
    show(f"{ended} logins ended" if ended != 1 else "1 login ended")


def _document(one: Token) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "roles": one.roles,
        "logs": one.logs,
        "created": format_time(one.created),
        "revoked": None if one.revoked is None else format_time(one.revoked),
    }


async def _create(settings: Settings, name: str, roles: Sequence[Role], logs: Sequence[str]) -> NewToken:
    async with _tokens(settings, create=True) as store:
        return await store.create(name, roles, logs or None)


async def _list(settings: Settings) -> Sequence[Token]:
    async with _tokens(settings) as store:
        return await store.list()


async def _revoke(settings: Settings, tokens: Sequence[str]) -> Sequence[Token]:
    async with _tokens(settings) as store:
        return await store.revoke(*tokens)


async def _log_out(settings: Settings) -> int:
    async with _tokens(settings) as store:
        return await Pages(store.kept).close_all()


@asynccontextmanager
async def _tokens(settings: Settings, *, create: bool = False) -> AsyncIterator[TokenStore]:
    store = await TokenStore.open(settings.data / FILE, create=create)
    try:
        yield store
    finally:
        await store.close()
