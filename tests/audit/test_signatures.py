"""What a chain with signatures proves to somebody who has nothing but a public key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.audit.anchors import NotDeposited, deposit, deposit_line, note_deposit, read_deposits, undeposited
from triage.audit.chain import GENESIS, Record, sealed
from triage.audit.checkpoints import key_in_use, rotate, sign
from triage.audit.events import Event
from triage.audit.keys import own_key
from triage.audit.log import append, records
from triage.audit.verify import ChainReport, verify
from triage.errors import BadInput, NotConfigured
from triage.settings import AuditSettings
from triage.signing import key_id, read_public_keys
from triage.store.engine import Database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def happen(conn: AsyncConnection, *, times: int = 1, now: datetime = NOW) -> None:
    for number in range(times):
        data = {"action": "reset_password", "reason": str(number)}
        await append(conn, Event.RUN_FAILED, "run 1", data, actor="service", now=now)


async def signed_chain(database: Database, folder: Path) -> list[Record]:
    """Three records, a checkpoint, three more, another checkpoint."""
    async with database.engine.begin() as conn:
        for number in range(2):
            await happen(conn, times=3)
            await sign(conn, folder, now=NOW + timedelta(minutes=number), actor="service")
        return [record async for record in records(conn)]


async def walk(chain: Sequence[Record]) -> AsyncIterator[Record]:
    for record in chain:
        yield record


async def checked(chain: Sequence[Record], folder: Path, number: int = 1) -> ChainReport:
    key = own_key(folder, number)
    return await verify(walk(chain), keys={key.id: key.public})


def rewritten(chain: Sequence[Record], *, without_signatures: bool = False) -> list[Record]:
    """The chain as somebody writes it anew who may write the database: one record says something else."""
    made: list[Record] = []
    for record in chain:
        if without_signatures and record.event.startswith("audit."):
            continue
        changed = {"data": {**record.data, "reason": "nothing happened"}} if record.seq == 2 else {}
        previous = made[-1].hash if made else GENESIS
        made.append(sealed(record.model_copy(update={"seq": len(made) + 1, "previous": previous, **changed})))
    return made


async def test_a_signed_chain_is_good_up_to_the_record_before_its_last_checkpoint(
    database: Database, tmp_path: Path
) -> None:
    chain = await signed_chain(database, tmp_path)
    report = await checked(chain, tmp_path)
    assert (report.ok, report.checked, report.signed) == (True, len(chain), len(chain) - 1)


async def test_a_chain_written_anew_as_a_whole_fails_at_its_first_signature(
    database: Database, tmp_path: Path
) -> None:
    forged = rewritten(await signed_chain(database, tmp_path))
    assert (await verify(walk(forged))).ok, "without a key nothing shows: that is what signatures are for"
    report = await checked(forged, tmp_path)
    assert (report.ok, report.bad_seq) == (False, 5)


async def test_a_chain_whose_signatures_were_taken_out_is_refused(database: Database, tmp_path: Path) -> None:
    forged = rewritten(await signed_chain(database, tmp_path), without_signatures=True)
    report = await checked(forged, tmp_path)
    assert (report.ok, report.reason) == (False, "no trusted key signed any of it")


async def test_a_key_that_nobody_trusted_vouches_for_signs_nothing(
    database: Database, tmp_path: Path
) -> None:
    await signed_chain(database, tmp_path / "ours")
    async with database.engine.begin() as conn:
        await conn.execute(text("DELETE FROM audit WHERE event LIKE 'audit.%' OR seq > 3"))
        await happen(conn)
        await sign(conn, tmp_path / "theirs", now=NOW, actor="somebody")
        chain = [record async for record in records(conn)]
    report = await checked(chain, tmp_path / "ours")
    assert (report.ok, report.reason) == (False, "no trusted key signed any of it")


async def test_records_that_wait_too_long_for_a_signature_are_told(
    database: Database, tmp_path: Path
) -> None:
    chain = await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        await happen(conn, now=NOW + timedelta(hours=2))
        await happen(conn, now=NOW + timedelta(hours=4))
        late = [record async for record in records(conn)]
    report = await checked(late, tmp_path)
    assert not report.ok
    assert f"records after {len(chain) - 1} are not signed" in report.reason


async def test_a_new_key_is_believed_because_the_old_one_vouches_for_it(
    database: Database, tmp_path: Path
) -> None:
    await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        new = await rotate(conn, tmp_path, now=NOW, actor="cli:kim")
        await happen(conn)
        await sign(conn, tmp_path, now=NOW + timedelta(minutes=5), actor="service")
        chain = [record async for record in records(conn)]
        used = await key_in_use(conn, tmp_path)
    assert used is not None
    assert used.id == new.id != own_key(tmp_path, 1).id
    for number in (1, 2):
        report = await checked(chain, tmp_path, number)
        assert (report.ok, report.signed) == (True, len(chain) - 1)


async def test_after_its_successor_came_in_an_old_key_signs_nothing_more(
    database: Database, tmp_path: Path
) -> None:
    await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        await rotate(conn, tmp_path, now=NOW, actor="cli:kim")
        (tmp_path / "stolen" / "keys").mkdir(parents=True)
        stolen = (tmp_path / "keys" / "audit-1.key").read_bytes()
        (tmp_path / "stolen" / "keys" / "audit-1.key").write_bytes(stolen)
        await happen(conn)
        with pytest.raises(NotConfigured, match="is not in"):
            await sign(conn, tmp_path / "stolen", now=NOW, actor="somebody")


async def test_nothing_new_is_not_signed_again(database: Database, tmp_path: Path) -> None:
    await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        assert await sign(conn, tmp_path, now=NOW + timedelta(hours=1), actor="service") is None


async def test_a_checkpoint_is_not_followed_at_once_by_another(database: Database, tmp_path: Path) -> None:
    await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        await happen(conn)
        soon, later = NOW + timedelta(minutes=5), NOW + timedelta(minutes=15)
        pause = timedelta(minutes=10)
        assert await sign(conn, tmp_path, now=soon, actor="service", pause=pause) is None
        assert await sign(conn, tmp_path, now=later, actor="service", pause=pause) is not None


async def test_a_deposited_checkpoint_shows_that_the_end_was_cut_off(
    database: Database, tmp_path: Path
) -> None:
    chain = await signed_chain(database, tmp_path)
    kept = read_deposits([deposit_line(chain[-1])], "anchors.jsonl")
    assert (await verify(walk(chain), kept=kept)).ok
    report = await verify(walk(chain[:5]), kept=kept)
    assert (report.ok, "cut off" in report.reason) == (False, True)


async def test_a_deposited_checkpoint_shows_that_the_chain_was_written_anew(
    database: Database, tmp_path: Path
) -> None:
    chain = await signed_chain(database, tmp_path)
    report = await verify(
        walk(rewritten(chain)), kept=read_deposits([deposit_line(chain[-1])], "anchors.jsonl")
    )
    assert (report.ok, "written anew" in report.reason) == (False, True)


async def test_each_checkpoint_is_deposited_until_a_place_has_taken_it(
    database: Database, tmp_path: Path
) -> None:
    settings = AuditSettings(anchor_file=tmp_path / "worm" / "anchors.jsonl")
    await signed_chain(database, tmp_path)
    async with database.engine.begin() as conn:
        waiting = await undeposited(conn)
        assert waiting is not None
        with pytest.raises(NotDeposited, match="anchor file"):
            await deposit(waiting, settings)
        assert await undeposited(conn) == waiting
        (tmp_path / "worm").mkdir()
        await note_deposit(conn, waiting, await deposit(waiting, settings), now=NOW)
        assert await undeposited(conn) is None
    with (tmp_path / "worm" / "anchors.jsonl").open() as lines:
        assert [one.seq for one in read_deposits(lines, "x")] == [waiting.data["head_seq"]]


async def test_a_command_gets_the_checkpoint_on_its_standard_input(
    database: Database, tmp_path: Path
) -> None:
    chain = await signed_chain(database, tmp_path)
    copy = tmp_path / "copy"
    await deposit(chain[-1], AuditSettings(anchor_command=("tee", str(copy))))
    assert copy.read_text() == deposit_line(chain[-1]) + "\n"
    with pytest.raises(NotDeposited, match="ended with 1"):
        await deposit(chain[-1], AuditSettings(anchor_command=("false",)))


def test_a_public_key_is_read_from_pem_and_nothing_else_is(tmp_path: Path) -> None:
    key = own_key(tmp_path, 1)
    file = tmp_path / "keys.pem"
    file.write_text(key.pem() + own_key(tmp_path, 2).pem())
    assert read_public_keys(file)[key.id] == key.public
    assert key_id(key.public) == key.id
    file.write_text("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n")
    with pytest.raises(BadInput):
        read_public_keys(file)
