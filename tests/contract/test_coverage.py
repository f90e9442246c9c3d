"""Each operation our product uses was done by a client somebody else wrote, or a reason says why not."""

from __future__ import annotations

from tests.contract.proofs import EXCUSED, operations, proofs


def test_every_operation_of_the_product_is_proved_or_excused() -> None:
    proved = {proof.operation for proof in proofs()}
    assert sorted(operations() - proved - set(EXCUSED)) == []


def test_nothing_is_excused_that_is_proved() -> None:
    assert sorted(set(EXCUSED) & {proof.operation for proof in proofs()}) == []


def test_every_proof_names_its_client() -> None:
    assert [proof for proof in proofs() if not proof.client] == []
