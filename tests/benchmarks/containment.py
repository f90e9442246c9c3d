"""Measures "this was not me": the seconds from the press of the button until the account is contained.

Run `python -m tests.benchmarks.containment` (`--help` for more). Passwords of people of the make-believe
company are reset, each presses the button in the mail, and what tenant and ServiceNow then show is timed.
Our pages, our worker and the company are one process on loopback: the network to Entra is not in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console

from tests.house import LABELS, obey
from training.company import harborline
from triage.app import build
from triage.cli.console import add_row, table
from triage.cli.sandbox import write_site
from triage.sandbox.endpoints import settings as sandbox_settings
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.play import put_in
from triage.settings import load_settings
from triage.web.app import web_app
from triage.workflow.jobs import work

_PATIENCE_SECONDS = 120
_LINK = re.compile(r"/not-me/([0-9a-f-]{36})#([\w-]{43})")
_MOST = 25
"""More resets in ten minutes are a storm, in which nothing runs by itself."""


async def main(people: int) -> None:
    """Reset the passwords of so many people, object to each, print the figures."""
    out = Console()
    with tempfile.TemporaryDirectory(prefix="triage-bench-") as name:
        folder = _opened(Path(name))
        async with running(harborline(), folder / "sandbox", pace=timedelta(milliseconds=20)) as served:
            os.environ.update(sandbox_settings(served.apps.tenant, served.endpoints))
            os.environ["TRIAGE_DATA_DIR"] = str(folder)
            os.environ["TRIAGE_SITE_FILE"] = str(write_site(harborline(), folder))
            os.environ["TRIAGE_SERVICENOW__POLL_EVERY"] = "PT1S"
            async with build(load_settings()) as built:
                services = obey(built, LABELS)
                worker = asyncio.create_task(work(services))
                links = await _mailed(served, _chosen(served, people))
                transport = httpx.ASGITransport(web_app(services))
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                    contained = [await _press(served, client, *one) for one in links.items()]
                called = await _called(served, len(links))
                worker.cancel()
                await asyncio.wait({worker})
    drawn = table(f"From the press of the button, {len(links)} people", "Until", "#p50 s", "#p95 s", "#max s")
    add_row(drawn, "sign-in blocked, sessions ended, read back", *_figures(contained))
    out.print(drawn)
    out.print(f"all {called} priority-1 incidents open")


def _opened(folder: Path) -> Path:
    folder.chmod(0o755)  # the embedded server runs as another user where we are root
    return folder


def _chosen(served: Sandbox, people: int) -> list[str]:
    """Return ordinary people whose accounts live in the cloud."""
    users = served.apps.tenant.users.values()
    fit = [user for user in users if user["department"] == "Sales" and not user["onPremisesSyncEnabled"]]
    staff = [user for user in fit if not str(user["jobTitle"]).startswith("Head") and user["accountEnabled"]]
    return [user["userPrincipalName"] for user in staff if user["employeeId"]][:people]


async def _mailed(served: Sandbox, upns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Have everybody's password reset; return the id and token of each person's link, when all are out."""
    for upn in upns:
        row = {"short_description": "Forgot my password", "description": "Please reset my password."}
        put_in(served.apps.instance, {**row, "caller_id": upn, "contact_type": "self-service"})
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            mails = [(mail.to[0], _LINK.search(mail.body)) for mail in served.apps.tenant.outbox]
            found = {to: (link.group(1), link.group(2)) for to, link in mails if link and to in upns}
            if len(found) == len(upns):
                return found
            await asyncio.sleep(0.2)


async def _press(served: Sandbox, client: httpx.AsyncClient, upn: str, link: tuple[str, str]) -> float:
    """Press one button; return the seconds until the answer, with which the account has to be blocked."""
    began = time.perf_counter()
    answer = await client.post(f"/not-me/{link[0]}", data={"token": link[1]})
    elapsed = time.perf_counter() - began
    user = next(one for one in served.apps.tenant.users.values() if one["userPrincipalName"] == upn)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert user["accountEnabled"] is False, upn
    return elapsed


async def _called(served: Sandbox, wanted: int) -> int:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            rows = served.apps.instance.tables["incident"].values()
            ours = [row for row in rows if row["correlation_display"] == "ticket-triage"]
            if len(ours) >= wanted:
                return sum(row["priority"] == "1" for row in ours)
            await asyncio.sleep(0.2)


def _figures(seconds: Sequence[float]) -> list[str]:
    found = np.array(seconds)
    return [f"{value:.2f}" for value in (np.median(found), np.quantile(found, 0.95), found.max())]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=15, choices=range(1, _MOST + 1), metavar="N")
    asyncio.run(main(parser.parse_args().people))
