"""Looks at Azure: the Automation account, its hybrid workers and runbooks, and the vault."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import httpx

from actions.clients.hybrid import Hybrid, WorkerSeen
from actions.errors import Forbidden, NotFound
from triage.app import load_site
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground
from triage.doctor.needs import needed_runbooks, own_runbooks, vault_users
from triage.doctor.reach import told_time
from triage.errors import NotConfigured

_SILENT = timedelta(minutes=5)
"""A worker asks for work every 30 seconds (azure-automation.md section 5); who is silent longer is away."""
_ABSENT = "triage-doctor"


async def _account(ground: Ground) -> Finding:
    if not ground.settings.cloud.automation_account:
        return skipped("No Automation account is set.", "Set TRIAGE_CLOUD__AUTOMATION_ACCOUNT.")
    there = await Hybrid(ground.world.automation).groups()
    absent = sorted(_groups(ground) - there)
    if absent:
        return fail(
            f"The account has no worker group {', '.join(absent)}.",
            "Correct TRIAGE_CLOUD__WORKER_GROUP or the site file, or make the group.",
        )
    return ok(f"Our app may use the account {ground.settings.cloud.automation_account}.")


async def _workers(ground: Ground) -> Finding:
    asleep, awake = [], 0
    for group in sorted(_groups(ground)):
        try:
            seen = await Hybrid(ground.world.automation).workers(group)
        except Forbidden:
            return warn("Single workers cannot be seen.", "Give our app the role Reader on the account.")
        now = told_time(httpx.Headers({"date": seen.date})) or ground.clock()
        live = [one for one in seen.workers if _is_awake(one, now)]
        awake += len(live)
        if not live:
            asleep.append(f"{group} ({_last(seen.workers)})")
    if asleep:
        return fail(
            f"No worker is awake in {', '.join(asleep)}, so jobs there would wait and be suspended.",
            "Start the machine and its hybrid worker extension; it needs the way out to port 443.",
        )
    return ok(f"{awake} hybrid workers were seen within {_SILENT.seconds // 60} minutes.")


def _is_awake(worker: WorkerSeen, now: datetime) -> bool:
    return worker.at is not None and now - worker.at <= _SILENT


def _last(workers: tuple[WorkerSeen, ...]) -> str:
    moments = [one.at for one in workers if one.at]
    return f"last seen {max(moments):%Y-%m-%d %H:%M} UTC" if moments else "never seen"


def _groups(ground: Ground) -> set[str]:
    """Return the worker groups jobs are sent to: by the settings, and by the servers of the site file."""
    try:
        named = {server.worker_group for server in load_site(ground.settings).servers if server.services}
    except NotConfigured:
        named = set()
    return {one for one in (*named, ground.settings.cloud.worker_group) if one}


async def _runbooks(ground: Ground) -> Finding:
    needed = needed_runbooks() | own_runbooks(ground.settings.playbooks_dir)
    absent = [name for name in needed if not await Hybrid(ground.world.automation).published(name)]
    if absent:
        told = "; ".join(f"{name} (stops {', '.join(needed[name])})" for name in absent)
        return fail(
            f"Not published: {told}.",
            "Import ours from actions/runbooks/ under their own names, and your own; publish them.",
        )
    return ok(f"{len(needed)} runbooks are published: {', '.join(needed)}.")


async def _vault(ground: Ground) -> Finding:
    users = vault_users()
    if not users:
        return skipped("No action needs Key Vault.")
    with suppress(NotFound):  # only who may read is told that there is nothing
        await ground.world.vault.get(_ABSENT)
    return ok(f"Our app may read secrets in the vault, for {', '.join(users)}.")


CHECKS = (
    Check("automation.account", _account, needs=("token.azure",)),
    Check("automation.workers", _workers, needs=("automation.account",)),
    Check("automation.runbooks", _runbooks, needs=("automation.account",)),
    Check("key_vault.secrets", _vault, needs=("token.key_vault",)),
)
