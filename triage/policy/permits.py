"""Permits in a site's folder: refused, unless two people signed exactly these rules (safety.md, D6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import ValidationError

from actions.vocabulary import Frozen
from triage.errors import NotConfigured
from triage.policy.texts import Clause
from triage.signing import SigningKey, signed_by

FILE: Final = "permits.json"
"""Name of the file in the site's folder that holds the signatures."""
PEOPLE: Final = 2
"""How many different trusted keys have to sign: lowering protection needs two people."""
_ALONE: Final = frozenset({"AutoExecute"})


class Signature(Frozen):
    """Who signed the permits, with which key."""

    by: str
    key: str
    signature: str


class Permits(Frozen):
    """The rules that may permit, each with the digest of what it says, and the signatures over all."""

    rules: dict[str, str]
    signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """What is signed."""
        told = {"kind": "triage.policy.permits", "rules": self.rules}
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()

    def signers(self, trusted: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names beside the good signatures of different trusted keys."""
        good = {
            one.key: one.by
            for one in self.signatures
            if one.key in trusted and signed_by(trusted[one.key], _said(self, one.by), one.signature)
        }
        return tuple(good.values())


def permits_of(clauses: Iterable[Clause]) -> Permits:
    """Return what is to be signed so that these rules may permit."""
    return Permits(rules={clause.id: digest(clause) for clause in clauses if clause.permits})


def with_signature(permits: Permits, key: SigningKey, by: str) -> Permits:
    """Return the permits with one more signature; one of the same key is replaced."""
    others = tuple(one for one in permits.signatures if one.key != key.id)
    new = Signature(by=by, key=key.id, signature=key.sign(_said(permits, by)))
    return permits.model_copy(update={"signatures": (*others, new)})


def read_permits(text: str, place: str) -> Permits:
    """Read the file of signatures.

    Raises:
        NotConfigured: it is not one.
    """
    try:
        return Permits.model_validate_json(text)
    except ValidationError:
        raise NotConfigured(
            "The policy is refused: this is no file of signed permits.",
            subject=place,
            hint="Write it with `triage policy permit`.",
        ) from None


def refuse_unsigned(
    clauses: Iterable[Clause], permits: Permits | None, trusted: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return who signed each permitting rule, by its id.

    Raises:
        NotConfigured: a rule permits something else than AutoExecute, was not signed as it is, or not by two
            different trusted keys; the subject is its file and line.
    """
    signers = permits.signers(trusted) if permits else ()
    granted = {}
    for clause in clauses:
        if not clause.permits:
            continue
        if permits is None or permits.rules.get(clause.id) != digest(clause):
            hint = "take the rule out, or let two people sign it with `triage policy permit`"
            raise _refused(clause, "a site's rules may only forbid, and nobody signed this permit", hint)
        if clause.actions != _ALONE:
            raise _refused(clause, "a signed permit is of AutoExecute and nothing else", "write a forbid")
        if len(signers) < PEOPLE:
            hint = "let another person sign, and check TRIAGE_POLICY_KEYS"
            raise _refused(clause, f"{len(signers)} of {PEOPLE} trusted people signed this permit", hint)
        granted[clause.id] = signers
    return granted


def digest(clause: Clause) -> str:
    """SHA-256 (hex) over all that a rule says."""
    told = [clause.id, clause.sentence, clause.conditions, int(clause.tier), clause.role, clause.approvals]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _said(permits: Permits, by: str) -> bytes:
    return permits.message + b"\n" + by.encode()


def _refused(clause: Clause, cause: str, hint: str) -> NotConfigured:
    return NotConfigured(
        f"The policy is refused: {clause.id} permits, and {cause}.", subject=clause.place, hint=f"{hint}."
    )
