"""The page of commands: each with its sentence, usage, arguments and options, as the parser knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from triage.cli import COMMANDS, build

OPENING = """# Command line

Every command explains itself with `--help`. It leaves with 0 when all is well, with 1 when the check or gate
it stands for said no, and with 2 on wrong use or bad input.
"""


def option(one: Any) -> str:
    """Return an argument or option as a line: how it is written, what it means, what it is by default."""
    written = (
        " / ".join(one.opts + one.secondary_opts) if one.param_type_name == "option" else one.name.upper()
    )
    default = (
        f" (default `{one.default}`)" if isinstance(one.default, int | float | str) and one.default else ""
    )
    return f"- `{written}`: {' '.join((one.help or '').split())}{default}"


def sections(command: Any, path: str) -> Iterator[str]:
    """Yield the section of a command, then those of its sub-commands."""
    context = typer.Context(command, info_name=path)
    yield f"{'##' if path.count(' ') == 1 else '###'} {path}"
    yield " ".join((command.help or "").split("Raises:")[0].split())
    children = getattr(command, "commands", {})
    if not children:
        yield f"```\n{path} {' '.join(command.collect_usage_pieces(context))}\n```"
    parameters = [option(one) for one in command.params if not one.hidden]
    if parameters:
        yield "\n".join(parameters)
    for name, child in children.items():
        yield from sections(child, f"{path} {name}")


def page() -> str:
    """Return the page of commands, in the order of the help."""
    parts = [OPENING.rstrip()]
    for command in COMMANDS:
        root: Any = get_command(build([command.name]))
        parts += sections(root.commands[command.name], f"triage {command.name}")
    return "\n\n".join(parts) + "\n"
