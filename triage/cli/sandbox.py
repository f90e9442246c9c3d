"""`triage sandbox`: the make-believe Entra, Graph, Automation, Key Vault and ServiceNow alone."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import ValidationError

from training.company import World, harborline, load_company
from triage.cli.company import site_of
from triage.cli.console import STDOUT, JsonTarget, console, emit_json, report, summary
from triage.errors import BadInput
from triage.sandbox.endpoints import script_settings, settings
from triage.sandbox.scenario import Scenario, enter
from triage.sandbox.server import Sandbox, running
from triage.settings import load_settings

WorldFile = Annotated[
    Path | None, typer.Option("--world", help="Another company than Harborline (JSON of the same shape).")
]


def register(app: typer.Typer) -> None:
    """Add the `sandbox` command."""
    app.command("sandbox", help="Start the make-believe Microsoft 365 and ServiceNow alone.")(sandbox)


def sandbox(
    *,
    world: WorldFile = None,
    faults: Annotated[Path | None, typer.Option(help="What shall go wrong, and limits (YAML).")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65530, help="First of six ports; free ones else.")
    ] = None,
    json: JsonTarget = None,
) -> None:
    """Serve until Ctrl-C and print the settings with which the service reaches it."""
    company = load_company(world) if world else harborline()
    asyncio.run(_serve(company, read_faults(faults) if faults else Scenario(), port, json))


def write_site(world: World, folder: Path) -> Path:
    """Write the company's site file into `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "site.yaml"
    path.write_text(
        yaml.safe_dump(site_of(world).model_dump(mode="json"), allow_unicode=True, sort_keys=False), "utf-8"
    )
    return path


def read_faults(path: Path) -> Scenario:
    """Read what shall go wrong from YAML: a mapping (`triage.sandbox.scenario.Scenario`), or a list of rules.

    Raises:
        BadInput: it is no YAML, or a part of it is none of these; the message names the place.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return Scenario.model_validate({"rules": content} if isinstance(content, list) else content or {})
    except yaml.YAMLError as error:
        raise BadInput(f"not YAML: {error}", subject=str(path)) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{place or 'the file'}: {first['msg']}", subject=str(path)) from error


async def stopped() -> None:
    """Wait for Ctrl-C or a request to end."""
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, end.set)
    await end.wait()


async def _serve(world: World, scenario: Scenario, port: int | None, json: Path | None) -> None:
    folder = load_settings().data_dir / "sandbox"
    site = write_site(world, folder)
    async with running(world, folder, base_port=port) as served:
        enter(served.apps, scenario)
        environment = {
            **settings(served.apps.tenant, served.endpoints),
            "TRIAGE_SITE_FILE": str(site.absolute()),
        }
        emit_json(
            {"settings": environment, "script": script_settings(served.apps.tenant, served.endpoints)}, json
        )
        if json != STDOUT:
            _print(environment, served)
        summary("the sandbox is up; Ctrl-C ends it", target=json)
        await stopped()


def _print(environment: dict[str, str], served: Sandbox) -> None:
    out = console()
    for name, value in environment.items():
        out.print(f"export {name}={value}", soft_wrap=True)
    report().print(f"window: {served.endpoints.window}", soft_wrap=True)
