"""Handing a secret over: once, to one person, in time, or never."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.lab import ELENA, KARIN, PASSWORD, Lab
from triage.errors import Unknown
from triage.sandbox.tenant import opens_account
from triage.secrets.seal import Claim, Release, claim, destroy, expired, recall, release

LIFE = timedelta(minutes=10)


async def delivered(lab: Lab) -> uuid.UUID:
    """Run a password reset to its end and return the run's id."""
    stored = await lab.decide(PASSWORD)
    (run,) = await lab.runs(stored.id)
    return (await lab.finish(run)).id


async def released(lab: Lab, run_id: uuid.UUID) -> Release:
    async with lab.services.engine.begin() as conn:
        return await release(conn, run_id, lifetime=LIFE, now=lab.services.clock())


async def claimed(lab: Lab, run_id: uuid.UUID, token: SecretStr, person: str = ELENA) -> Claim:
    async with lab.services.engine.begin() as conn:
        return await claim(
            conn,
            lab.services.sealer,
            run_id,
            token=token,
            person_id=lab.user(person)["id"],
            now=lab.services.clock(),
        )


async def test_the_manager_opens_it_once_and_it_opens_the_account(lab: Lab) -> None:
    run_id = await delivered(lab)
    token = (await released(lab, run_id)).token

    first, second = await claimed(lab, run_id, token), await claimed(lab, run_id, token)

    assert first.secret is not None
    assert opens_account(lab.stage.apps.tenant, lab.user(KARIN)["id"], first.secret.get_secret_value())
    assert (second.secret, bool(second.refused)) == (None, True)


@pytest.mark.parametrize("person", [KARIN, "rahul.krueger@harborline.example"])
async def test_nobody_but_the_recipient_opens_it(lab: Lab, person: str) -> None:
    run_id = await delivered(lab)
    token = (await released(lab, run_id)).token
    refused = await claimed(lab, run_id, token, person)
    assert (refused.secret, refused.refused) == (None, "the link was made out to somebody else")
    assert (await claimed(lab, run_id, token)).secret is not None


async def test_a_wrong_token_does_not_open_it(lab: Lab) -> None:
    run_id = await delivered(lab)
    await released(lab, run_id)
    assert (await claimed(lab, run_id, SecretStr("guess"))).refused == "the token is wrong"


async def test_the_fifth_failure_destroys_it(lab: Lab) -> None:
    run_id = await delivered(lab)
    token = (await released(lab, run_id)).token
    for _ in range(5):
        await claimed(lab, run_id, SecretStr("guess"))
    assert (await claimed(lab, run_id, token)).refused == "the secret is destroyed"


async def test_a_link_that_is_ten_minutes_old_is_dead(lab: Lab) -> None:
    run_id = await delivered(lab)
    token = (await released(lab, run_id)).token
    lab.pass_time(LIFE)
    assert (await claimed(lab, run_id, token)).refused == "the link has expired"
    async with lab.services.engine.connect() as conn:
        assert await expired(conn, lab.services.clock()) == (run_id,)


async def test_releasing_anew_voids_the_former_link(lab: Lab) -> None:
    run_id = await delivered(lab)
    former = (await released(lab, run_id)).token
    newer = (await released(lab, run_id)).token
    assert (await claimed(lab, run_id, former)).secret is None
    assert (await claimed(lab, run_id, newer)).secret is not None


async def test_what_was_destroyed_cannot_be_released_or_recalled(lab: Lab) -> None:
    run_id = await delivered(lab)
    async with lab.services.engine.begin() as conn:
        assert await destroy(conn, run_id, reason="a test", now=lab.services.clock())
        assert not await destroy(conn, run_id, reason="a test", now=lab.services.clock())
        with pytest.raises(Unknown):
            await recall(conn, lab.services.sealer, run_id)
    with pytest.raises(Unknown):
        await released(lab, run_id)


async def test_a_run_without_a_secret_is_unknown(lab: Lab) -> None:
    with pytest.raises(Unknown):
        await released(lab, uuid.uuid4())
