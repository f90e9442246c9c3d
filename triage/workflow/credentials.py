"""The life of our own credentials: seen, warned of, told to those who can mend it, renewed by schedule."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from datetime import timedelta

from pydantic import SecretStr

from actions.clients.bearer import TokenSource
from actions.errors import CredentialRefused, OutsideError
from triage.access import authority_client, entra_tokens, secret_in_use
from triage.audit.events import Event
from triage.audit.log import append
from triage.errors import NotConfigured
from triage.secrets.life import Life, lives, serving
from triage.secrets.rotate import Workshop, rotate
from triage.secrets.rotation import Move, Rules
from triage.settings import Settings
from triage.store import alarms, credentials
from triage.store.alarms import Alarm
from triage.workflow.probing import KEY as PROBING
from triage.workflow.services import Services

_log = logging.getLogger(__name__)
_LOOK_EVERY = timedelta(hours=1)
_WAITS = "Until then nothing is done and no ticket is lost; all of it goes on by itself."
_RENEW = "`triage secrets rotate` renews a client secret; docs/how-to/renew-the-secret.md tells the rest."
REFUSED, ENDS = "credential.refused:", "credential.ends:"
"""How the keys of our alarms begin."""


async def watch_credentials(services: Services) -> None:
    """Look whether our credentials are accepted and how long they last; warn, tell and renew what is due."""
    reading = services.tools.reading.graph.api
    await _try(services, "Entra", reading.tokens, reading.service.scope)
    if services.servicenow is not None:
        api = services.servicenow.api
        await _try(services, "ServiceNow", api.tokens, api.service.scope)
    async with services.engine.connect() as conn:
        seen_at = await credentials.seen_at(conn)
    if seen_at is None or services.clock() - seen_at >= _LOOK_EVERY:
        await _look(services)
    await _tell(services)


async def _try(services: Services, authority: str, tokens: TokenSource, scope: str) -> None:
    """Ask for a token, which costs nothing while one is kept, and raise or clear the alarm accordingly."""
    key, now = f"{REFUSED}{authority}", services.clock()
    try:
        await tokens.token(scope)
    except CredentialRefused as refused:
        alarm = Alarm(key=key, sentence=refused.message, hint=f"{refused.hint} {_WAITS}", raised_at=now)
        async with services.engine.begin() as conn:
            if await alarms.raise_alarm(conn, alarm):
                _log.error("all that needs %s waits: %s", authority, refused.message)
                data = {"authority": authority, "code": refused.code or "no code"}
                await append(conn, Event.CREDENTIAL_REFUSED, "credential", data, actor="service", now=now)
    except OutsideError as trouble:
        _log.info("whether %s accepts our credential is not known: %s", authority, trouble.message)
    else:
        async with services.engine.begin() as conn:
            if await alarms.clear(conn, key):
                _log.warning("%s accepts our credential again", authority)
                data = {"authority": authority}
                await append(conn, Event.CREDENTIAL_ACCEPTED, "credential", data, actor="service", now=now)


async def _look(services: Services) -> None:
    """Renew by schedule, then read which credentials there are, and warn of the one in use."""
    settings = services.settings
    try:
        if settings.rotation.scheduled and settings.rotation.secret_name:
            await renew(services, actor="service")
        registration = await services.tools.reading.graph.applications.registration(settings.entra.client_id)
    except (OutsideError, NotConfigured) as trouble:
        _log.warning("the end of our credentials is not known: %s %s", trouble.message, trouble.hint)
        return
    found = lives(registration, start=secret_in_use(settings).get_secret_value())
    async with services.engine.begin() as conn:
        await credentials.replace(conn, found, services.clock())
    await _warn(services, serving(found))


async def _warn(services: Services, used: Life | None) -> None:
    now = services.clock()
    days = used.warning(now) if used else None
    key = f"{ENDS}{used.key_id}:{days}" if used and days is not None else ""
    async with services.engine.begin() as conn:
        await alarms.clear(conn, ENDS, but=(key,))
        if used is None or days is None:
            return
        sentence = f"Our credential {used.name} ends on {used.ends_at:%Y-%m-%d %H:%M} UTC."
        alarm = Alarm(key=key, sentence=sentence, hint=_RENEW, raised_at=now)
        if await alarms.raise_alarm(conn, alarm):
            _log.warning("%s %s", sentence, _RENEW)
            data = {"key_id": used.key_id, "ends_at": used.ends_at.isoformat(), "days": str(days)}
            await append(conn, Event.CREDENTIAL_WARNED, "credential", data, actor="service", now=now)


async def _tell(services: Services) -> None:
    """Open an incident for each alarm that the owners have not been told of; later, if ServiceNow is away."""
    owners = services.settings.rotation.owners
    if services.servicenow is None or not owners:
        return
    async with services.engine.connect() as conn:
        standing = await alarms.standing(conn)
    untold = [one for one in standing if one.told_at is None and not one.key.startswith(PROBING)]
    for alarm in untold:
        operation = f"triage {alarm.key} {alarm.raised_at:%Y%m%d%H%M%S}"
        try:
            await services.servicenow.incidents.open(
                operation, subject=alarm.sentence, text=f"{alarm.sentence}\n\n{alarm.hint}", group=owners
            )
        except OutsideError as trouble:
            _log.warning("an alarm cannot be told to ServiceNow now: %s", trouble.message)
            return
        async with services.engine.begin() as conn:
            await alarms.mark_told(conn, alarm.key, services.clock())


async def renew(services: Services, *, actor: str, force: bool = False, dry: bool = False) -> list[Move]:
    """Renew the client secret as far as it goes now (see `triage.secrets.rotate.rotate`).

    Raises:
        NotConfigured: it is not set where the secret lies, so that a rotation would lock the service out.
        OutsideError: a service did not do what was asked; called again, it goes on from there.
    """
    settings = services.settings
    _check(settings)
    world = services.acting(uuid.uuid4())

    async def note(event: Event, data: Mapping[str, str]) -> None:
        async with services.engine.begin() as conn:
            await append(conn, event, "credential", data, actor=actor, now=services.clock())

    async def accepted(value: SecretStr) -> bool:
        return await _opens(services, value)

    rotation = settings.rotation
    workshop = Workshop(
        applications=world.graph.applications,
        vault=world.vault,
        client_id=rotation.client_id or settings.entra.client_id,
        secret_name=rotation.secret_name,
        lifetime=rotation.lifetime,
        rules=Rules(rotation.before, rotation.overlap),
        accepted=accepted,
        file=None if rotation.client_id else settings.entra.client_secret_file,
        note=note,
        clock=services.clock,
        sleep=services.tools.reading.graph.api.pacing.sleep,
    )
    return await rotate(workshop, force=force, dry=dry)


async def _opens(services: Services, value: SecretStr) -> bool:
    """Whether Entra gives the registration a token for this secret; a fresh application, no kept token."""
    settings = services.settings
    entra = settings.entra.model_copy(
        update={
            "client_id": settings.rotation.client_id or settings.entra.client_id,
            "client_secret": value,
            "client_secret_file": None,
            "certificate_file": None,
            "federated_token_file": None,
            "managed_identity": "",
        }
    )
    with authority_client(settings) as http:
        tokens = entra_tokens(settings.model_copy(update={"entra": entra}), http, services.clock)
        try:
            await tokens.token(settings.cloud.graph_scope)
        except CredentialRefused:
            return False
    return True


def _check(settings: Settings) -> None:
    rotation = settings.rotation
    if not rotation.secret_name or not settings.cloud.vault_url:
        raise NotConfigured(
            "it is not set which secret of Key Vault holds our client secret",
            hint="Set TRIAGE_ROTATION__SECRET_NAME and TRIAGE_CLOUD__VAULT_URL.",
            subject="TRIAGE_ROTATION__SECRET_NAME",
        )
    if not rotation.client_id and settings.entra.client_secret_file is None:
        raise NotConfigured(
            "our client secret is a setting, which a rotation cannot change: the service would be locked out",
            hint="Keep it in a file and name that in TRIAGE_ENTRA__CLIENT_SECRET_FILE.",
            subject="TRIAGE_ENTRA__CLIENT_SECRET_FILE",
        )
