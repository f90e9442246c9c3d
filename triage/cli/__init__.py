"""The command line: every command with its sentence; a command's code is imported only when it is called."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from triage.cli.console import EXPLAINED, fail

if TYPE_CHECKING:
    from collections.abc import Sequence

_CTRL_C = 130
"""What a shell expects of a command that Ctrl-C has ended: 128 and the number of the signal."""

TRY, RUN, LEARN, DECIDE, PROVE = "Try it", "Run it", "Teach it", "Decide with it", "Look after it"


@dataclass(frozen=True)
class Command:
    """A command: its name, the module here whose `register(app)` adds it, its group in the help, its help."""

    name: str
    module: str
    panel: str
    sentence: str


COMMANDS = (
    Command("demo", "demo", TRY, "Watch a make-believe company's tickets go all the way through."),
    Command("sandbox", "sandbox", TRY, "Start the make-believe Microsoft 365 and ServiceNow alone."),
    Command("synth", "synth", TRY, "Write a synthetic ServiceNow export from the shipped ticket frames."),
    Command("serve", "serve", RUN, "Run the API, the pages and one worker."),
    Command("work", "serve", RUN, "Run one further worker on the same database."),
    Command("update-set", "update_set", RUN, "Write the update set with which ServiceNow tells changes."),
    Command("train", "train", LEARN, "Train a new model version on ServiceNow exports."),
    Command("evaluate", "evaluate", LEARN, "Measure a model on labelled rows."),
    Command("classify", "classify", LEARN, "Write one prediction for each row of a file."),
    Command("models", "models", LEARN, "List, show, promote, roll back and verify model versions."),
    Command("replay", "replay", DECIDE, "Write the whole decision for each row, with no effect anywhere."),
    Command("policy", "policy", DECIDE, "Check the policy and explain its decisions."),
    Command("actions", "actions", DECIDE, "List and show the actions, and plan one."),
    Command("review", "review", DECIDE, "List, show, approve, reject and correct waiting tickets."),
    Command("runs", "runs", DECIDE, "List, show, cancel, undo and continue what is done."),
    Command("doctor", "doctor", PROVE, "Check everything the service stands on, and tell the next step."),
    Command("permissions", "permissions", PROVE, "Tell the least our app must be granted, and why."),
    Command("secrets", "secrets", PROVE, "Tell how long our credentials last, and renew the secret."),
    Command("halt", "halt", PROVE, "Stop effects: all, one action's, one tier's or one label's."),
    Command("resume", "halt", PROVE, "Let halted effects run again."),
    Command("breakers", "breakers", PROVE, "List open circuit breakers, and agree to close one."),
    Command("audit", "audit", PROVE, "Verify, sign and export the audit chain; reconcile, erase."),
    Command("db", "db", PROVE, "Bring the database's tables up to date."),
)


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the root app for these arguments (without the program's name).

    A known command's module is imported and registered. Otherwise help or an error will be shown, for which
    the names and sentences of `COMMANDS` are enough: importing every room would make `--help` slow.
    """
    app = typer.Typer(
        name="triage", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback(help="Tickets in, classified, decided by policy, acted on, verified, proven.")(_root)
    called = [command for command in COMMANDS if command.name in arguments[:1]]
    for module in {command.module for command in called}:
        import_module(f"triage.cli.{module}").register(app)
    for command in COMMANDS if not called else ():
        app.command(command.name, help=command.sentence, rich_help_panel=command.panel)(_named_only)
    return app


def main() -> None:
    """Run the command line; errors we can explain end as plain lines, bugs as a traceback."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # of the embedded database, harmless here
    try:
        build(sys.argv[1:])()
    except EXPLAINED as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(_CTRL_C)


def _root() -> None:
    """Take no option of its own."""


def _named_only() -> None:
    """Stand for a command in the help."""
