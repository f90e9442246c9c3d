"""Looks at what decides: the promoted model with its files, and the policy with the site's own rules."""

from __future__ import annotations

import asyncio

from models.registry import NEXT_STEP, Registry
from triage.app import load_policy
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok
from triage.doctor.ground import Ground

_SHOWN = len("sha256:") + 12


async def _model(ground: Ground) -> Finding:
    registry = Registry(ground.settings.data_dir)
    version = registry.current_version()
    if version is None:
        return fail("No model is promoted, so no ticket can be read.", NEXT_STEP)
    await asyncio.to_thread(registry.verify, version)
    return ok(f"Model {version} serves; its files are those that were saved.")


async def _policy(ground: Ground) -> Finding:
    policy = await asyncio.to_thread(load_policy, ground.settings)
    return ok(f"{len(policy.texts.clauses)} rules hold together, version {policy.version[:_SHOWN]}.")


CHECKS = (Check("model", _model), Check("policy", _policy))
