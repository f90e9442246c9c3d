"""`triage secrets`: how long the credentials of our app last, and a new client secret for the old."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from actions.vocabulary import Frozen
from triage.access import secret_in_use
from triage.app import build
from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.clock import system_clock
from triage.doctor.ground import standing
from triage.errors import NotConfigured
from triage.secrets.life import Life, lives, serving
from triage.secrets.rotation import Kind, Move
from triage.settings import Settings, load_settings
from triage.workflow.credentials import renew

Now = Annotated[bool, typer.Option("--now", help="Begin although the secret in use has time left.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only tell the next step.")]

_LOOK = "`triage doctor` names all that is not set."

group = typer.Typer(no_args_is_help=True, help="Tell how long our credentials last, and renew the secret.")


class Told(Frozen):
    """A credential and the whole days until its end."""

    credential: Life
    days_left: int


class Step(Frozen):
    """A step of a rotation: what kind, and in words."""

    kind: Kind
    sentence: str


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(group, name="secrets")


@group.command("status", help="List the credentials of our app with the days left.")
def status(*, json: JsonTarget = None) -> None:
    """List every credential of our registration; leaves with 1 when the one in use has ended."""
    settings, now = load_settings(), system_clock()
    found = asyncio.run(_lives(settings))
    emit_json([Told(credential=one, days_left=one.days_left(now)) for one in found], json)
    drawn = table("Credentials of our app", "Name", "Kind", "Ends", "#Days left", "In use", "Key id")
    for one in found:
        used, days = "yes" if one.in_use else "", one.days_left(now)
        add_row(drawn, one.name, one.kind, f"{one.ends_at:%Y-%m-%d %H:%M}", days, used, one.key_id)
    report(json).print(drawn)
    used_one = serving(found)
    good = used_one is not None and used_one.ends_at > now
    summary(_verdict(used_one, good=good), ok=good, target=json)
    if not good:
        raise typer.Exit(1)


@group.command("rotate", help="Renew the client secret, or go on with a rotation that was broken off.")
def rotate(*, now: Now = False, dry_run: Dry = False, json: JsonTarget = None) -> None:
    """Take every step that can be taken now; run it again after the overlap, or let the schedule go on.

    Leaves with 1 while Entra does not accept the new secret; the one in use stays.
    """
    taken = asyncio.run(_renew(load_settings(), force=now, dry=dry_run))
    emit_json([Step(kind=one.kind, sentence=one.sentence) for one in taken], json)
    for one in taken[:-1]:
        report(json).print(safe(f"done: {one.sentence}"), soft_wrap=True)
    last, stuck = taken[-1], taken[-1].kind is Kind.UNACCEPTED
    summary(f"next: {last.sentence}" if dry_run else last.sentence, ok=not stuck, target=json)
    if stuck:
        raise typer.Exit(1)


async def _lives(settings: Settings) -> tuple[Life, ...]:
    if not settings.entra.client_id:
        subject = "TRIAGE_ENTRA__CLIENT_ID"
        raise NotConfigured("it is not set which registration is ours", hint=_LOOK, subject=subject)
    async with standing(settings, system_clock) as ground:
        found = await ground.world.graph.applications.registration(settings.entra.client_id)
    return lives(found, start=secret_in_use(settings).get_secret_value())


async def _renew(settings: Settings, *, force: bool, dry: bool) -> list[Move]:
    async with build(settings) as services:
        return await renew(services, actor=f"cli:{getpass.getuser()}", force=force, dry=dry)


def _verdict(used: Life | None, *, good: bool) -> str:
    if used is None:
        return "no credential looks like ours: is it the right client id?"
    return f"{used.name} {'ends' if good else 'ended'} on {used.ends_at:%Y-%m-%d}"
