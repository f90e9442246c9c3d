"""The company over the wire with our service set up in it, as the doctor finds it, and faults by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from models import manifest
from models.registry import Registry
from models.signature import private_key, trust
from triage.clock import Clock, system_clock
from triage.doctor.finding import Finding, State
from triage.doctor.round import look_at_everything
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import credentials
from triage.sandbox.server import Sandbox
from triage.settings import load_settings

VERSION = "2026-11-24T090000Z-test"


@dataclass
class Patient:
    """The company and the findings about our service in it."""

    sandbox: Sandbox
    data_dir: Path
    clock: Clock = system_clock

    async def findings(self) -> dict[str, Finding]:
        """Let the doctor look, with the settings as the environment now has them."""
        found = await look_at_everything(load_settings(), clock=self.clock, patience=timedelta(seconds=60))
        return {one.name: one for one in found}

    async def failed(self) -> dict[str, Finding]:
        """Return what the doctor finds broken."""
        return {name: one for name, one in (await self.findings()).items() if one.state is State.FAIL}

    async def one_failure(self) -> Finding:
        """Return the one thing that is broken; its hint says what to do."""
        failed = await self.failed()
        assert len(failed) == 1, failed
        (found,) = failed.values()
        assert found.hint
        return found

    @property
    def app(self) -> AppRegistration:
        """Our app registration."""
        tenant = self.sandbox.apps.tenant
        return tenant.apps[credentials(tenant, "service").client_id]

    def answer(self, app: str, path: str, status: int, body: str = "{}", *, method: str = "GET") -> None:
        """Let an API answer requests for `path` with an error, for good."""
        rule: dict[str, object] = {"app": app, "method": method, "path": path, "effect": "answer"}
        rule |= {"status": status, "body": body, "times": None}
        arm(self.sandbox.apps.faults, [Rule.model_validate(rule)])


def promote_some_model(data_dir: Path) -> None:
    """Put files in the place of a promoted model, with a signed manifest that fits them."""
    folder = Registry(data_dir).folder(VERSION)
    folder.mkdir(parents=True)
    for name in manifest.NEEDED:
        (folder / name).write_text(f"not {name}, but the file that was saved", encoding="utf-8")
    key = private_key(bytes(32))
    manifest.sign(folder, VERSION, key)
    trust(Registry(data_dir).keys, key.public_key())
    (folder.parent / "current").write_text(VERSION, encoding="utf-8")
