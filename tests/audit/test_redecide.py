"""Old decisions, made again from what was kept of them; and what is left when their contents were erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.lab import KARIN, LICENCE, OWN_LICENCE, PASSWORD, Lab
from triage.audit.log import records
from triage.audit.verify import verify
from triage.errors import NotAllowed
from triage.policy.decide import Policy
from triage.store import contents
from triage.workflow.redecide import Outcome, Redecided, redecide
from triage.workflow.undoing import request_undo
from triage.workflow.upkeep import keep_proof
from triage.workflow.writeback import write_back


async def again(lab: Lab) -> Redecided:
    async with lab.services.engine.connect() as conn:
        return await redecide(conn, records(conn))


async def execute(lab: Lab, statement: str) -> None:
    async with lab.services.engine.begin() as conn:
        await conn.execute(text(statement))


async def erase(lab: Lab, person_id: str) -> int:
    async with lab.services.engine.begin() as conn:
        found = await contents.tickets_of(conn, person_id)
        return await contents.erase(conn, found, lab.services.clock())


async def test_every_decision_says_the_same_also_under_a_policy_of_long_ago(lab: Lab, tmp_path: Path) -> None:
    for row in (LICENCE, OWN_LICENCE, PASSWORD):
        await lab.decide(row)
    site = tmp_path / "site"
    site.mkdir()
    rule = '@id("site.none") @sentence("Nothing.") forbid (principal, action, resource);'
    (site / "site.cedar").write_text(rule)
    tools = replace(lab.services.tools, policy=Policy.load(site))
    object.__setattr__(lab, "services", replace(lab.services, tools=tools))
    await lab.decide({**PASSWORD, "short_description": "My password again"})
    found = await again(lab)
    assert found.troubles == ()
    assert found.counts == {Outcome.SAME: 4}


async def test_a_stored_decision_that_was_changed_is_named(lab: Lab) -> None:
    await lab.decide(LICENCE)
    await execute(lab, "UPDATE decisions SET content = jsonb_set(content, '{verdict}', '\"review\"')")
    found = await again(lab)
    assert [one.outcome for one in found.troubles] == [Outcome.CHANGED]


async def test_a_policy_whose_texts_were_changed_is_not_taken_for_the_one_that_decided(lab: Lab) -> None:
    await lab.decide(LICENCE)
    await execute(lab, 'UPDATE policies SET files = files || \'[["zz.cedar", ""]]\'::jsonb')
    assert [one.outcome for one in (await again(lab)).troubles] == [Outcome.MISSING]


async def test_erasing_a_person_leaves_nothing_of_them_and_the_chain_whole(lab: Lab) -> None:
    ticket = await lab.decide(PASSWORD)
    (run,) = await lab.runs(ticket.id)
    await lab.finish(run)
    await write_back(lab.services, ticket.id)
    person = lab.user(KARIN)["id"]
    assert await erase(lab, person) == 1
    async with lab.services.engine.connect() as conn:
        assert (await verify(records(conn))).ok
        for table in ("tickets", "decisions", "notes", "runs"):
            rows = (await conn.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars().all()
            kept = " ".join(rows).replace(f"person:{person}", "")
            assert "karin" not in kept.casefold(), table
            assert "forgot" not in kept, table
    assert (await again(lab)).counts == {Outcome.ERASED: 1}


async def test_what_a_court_wants_kept_is_kept(lab: Lab) -> None:
    ticket = await lab.decide(OWN_LICENCE)
    person = lab.user(KARIN)["id"]
    await execute(lab, "UPDATE tickets SET state = 'handover'")
    await write_back(lab.services, ticket.id)
    async with lab.services.engine.begin() as conn:
        hold = contents.Hold(subject=person, reason="case 7", set_by="cli:kim", set_at=lab.services.clock())
        assert await contents.set_hold(conn, hold)
    assert await erase(lab, person) == 0
    async with lab.services.engine.begin() as conn:
        assert await contents.lift_hold(conn, person)
    assert await erase(lab, person) == 1
    assert (await lab.ticket(ticket.id)).ticket.description == ""


async def test_what_waits_for_a_person_is_not_erased(lab: Lab) -> None:
    await lab.decide(OWN_LICENCE)
    assert await erase(lab, lab.user(KARIN)["id"]) == 0


async def test_old_contents_go_by_themselves_and_leave_a_record(lab: Lab) -> None:
    ticket = await lab.decide(LICENCE)
    (run,) = await lab.runs(ticket.id)
    await lab.finish(run)
    await write_back(lab.services, ticket.id)
    await keep_proof(lab.services)
    assert (await lab.ticket(ticket.id)).ticket.description
    lab.pass_time(lab.services.settings.audit.keep_contents + timedelta(days=1))
    await keep_proof(lab.services)
    assert (await lab.ticket(ticket.id)).ticket.description == ""
    with pytest.raises(NotAllowed, match="erased"):
        await request_undo(lab.services, run.id, "somebody")
