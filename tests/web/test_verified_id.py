"""Verified ID proves a person by Microsoft's word alone, and whoever presents learns nothing."""

from __future__ import annotations

import re

import httpx

from tests.lab import ELENA, KARIN, PASSWORD
from tests.web.conftest import Desk
from triage.sandbox.verified_id import Post, presented
from triage.store import proofs
from triage.store.proofs import Proof, ProofState
from triage.store.reviews import Review
from triage.web.callers import Role

ERIK = "erik.haddad@harborline.example"
HEARD = {"status": "heard"}
NOBODYS = "00000000-0000-0000-0000-000000000000"


async def _asked(desk: Desk) -> tuple[Review, str]:
    """Return the review, and the path of the page the person got by mail."""
    review = await desk.waiting({**PASSWORD, "contact_type": "email"})
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)
    await analyst.post(f"/reviews/{review.id}/proofs/verified_id")
    mail = desk.lab.stage.apps.tenant.outbox[-1]
    path = re.search(r"/present/[0-9a-f-]{36}", mail.body)
    assert path is not None
    assert mail.to == (KARIN,)
    return review, path.group()


async def _begun(desk: Desk, path: str) -> str:
    """Begin on the page as somebody without a sign-in; return the id of the request."""
    page = (await (await desk.client()).post(path)).text
    found = re.search(r"/wallet/([^\"]+)\"", page)
    assert found is not None, page
    return found.group(1)


def _post(desk: Desk, request_id: str, upn: str = KARIN) -> Post:
    made = desk.lab.stage.apps
    return presented(made.tenant, made.wallet, request_id, upn)


async def _hear(desk: Desk, post: Post, **headers: str) -> httpx.Response:
    client = await desk.client()
    given = dict(post.headers) | headers
    return await client.post("/api/v1/webhooks/verified-id", headers=given, json=dict(post.body))


async def _proof(desk: Desk, review: Review) -> Proof:
    async with desk.lab.services.engine.connect() as conn:
        (found,) = await proofs.of_ticket(conn, review.ticket_id)
    return found


async def test_the_persons_own_credential_proves_them(desk: Desk) -> None:
    review, path = await _asked(desk)
    post = _post(desk, await _begun(desk, path))

    assert (await _hear(desk, post)).json() == HEARD

    assert (await _proof(desk, review)).state is ProofState.GIVEN
    analyst = await desk.browser(Role.APPROVER, upn=ERIK)
    assert "identity checked" in (await analyst.get(f"/tickets/{review.ticket_id}")).text


async def test_somebody_elses_credential_is_refused_and_the_presenter_learns_nothing(desk: Desk) -> None:
    review, path = await _asked(desk)
    post = _post(desk, await _begun(desk, path), ELENA)

    assert (await _hear(desk, post)).json() == HEARD

    assert (await _proof(desk, review)).state is ProofState.REFUSED


async def test_without_the_secret_of_this_asking_nothing_is_believed(desk: Desk) -> None:
    review, path = await _asked(desk)
    post = _post(desk, await _begun(desk, path))

    assert (await _hear(desk, post, **{"api-key": "guessed"})).json() == HEARD

    assert (await _proof(desk, review)).state is ProofState.ASKED


async def test_the_secret_of_another_asking_is_no_secret_of_this_one(desk: Desk) -> None:
    review, path = await _asked(desk)
    post = _post(desk, await _begun(desk, path))
    other = Post(post.url, post.headers, {**post.body, "state": NOBODYS})

    await _hear(desk, other)
    await _hear(desk, Post(post.url, {}, post.body))

    assert (await _proof(desk, review)).state is ProofState.ASKED


async def test_nonsense_and_made_up_pages_get_the_same_answer_as_ever(desk: Desk) -> None:
    client = await desk.client()
    assert (await client.post("/api/v1/webhooks/verified-id", content=b"{nonsense")).json() == HEARD
    page = await client.post(f"/present/{NOBODYS}")
    assert "nothing more to do here" in page.text
    assert "wallet/" not in page.text
