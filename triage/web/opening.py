"""Opening a sealed one-time secret for the person it was made out to: once, and never twice."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from pydantic import SecretStr

from actions.errors import OutsideError
from triage.errors import Unknown
from triage.secrets import seal
from triage.store import runs
from triage.workflow.services import Services

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Helped:
    """Whose account or device the secret opens, what people call it, and whether it is their own."""

    name: str
    upn: str
    secret: str
    own: bool


async def helped(services: Services, run_id: uuid.UUID, person_id: str) -> Helped | None:
    """Return whom the link is for, if it is `person_id` who hands it over; anybody else learns nothing."""
    async with services.engine.connect() as conn:
        try:
            run = await runs.get(conn, run_id)
            people = await seal.made_out_to(conn, run_id)
        except Unknown:
            return None
    action = services.tools.actions.get(run.action)
    if action is None or people.recipient_id != person_id:
        return None
    try:
        whom = await services.tools.reading.graph.users.get(people.beneficiary_id)
    except OutsideError:
        return None
    own = people.recipient_id == people.beneficiary_id
    return Helped(whom.display_name or "", whom.user_principal_name, action.hands_over, own)


async def open_secret(
    services: Services, run_id: uuid.UUID, token: SecretStr, person_id: str
) -> SecretStr | None:
    """Open the secret of a run, once; `None` when it does not open, whatever the reason.

    A secret that a runbook left in Key Vault is read before the link counts as spent, and deleted there
    afterwards: a vault that does not answer spends nothing.
    """
    async with services.engine.begin() as conn:
        try:
            claim = await seal.claim(
                conn, services.sealer, run_id, token=token, person_id=person_id, now=services.clock()
            )
        except Unknown:
            return None
        if claim.refused:
            _log.warning("run %s: a one-time link was refused: %s", run_id, claim.refused)
            return None
        secret = claim.secret
        if claim.vault_name:
            secret = (await services.acting(run_id).vault.get(claim.vault_name)).value
    if claim.vault_name:
        await _delete(services, run_id, claim.vault_name)
    return secret


async def _delete(services: Services, run_id: uuid.UUID, name: str) -> None:
    try:
        await services.acting(run_id).vault.delete(name)
    except OutsideError as error:
        _log.warning("run %s: the vault keeps the opened secret until it expires: %s", run_id, error)
