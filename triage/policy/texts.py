"""Reads the rules as text and as data, and refuses with the place what is no good rule."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import cedarpy

from actions.vocabulary import Tier
from triage.domain.decision import Approvals, ApproverRole, Verdict
from triage.errors import NotConfigured

SHIPPED: Final[Traversable] = files("triage.policy")
SCHEMA: Final = "schema.cedarschema"
FAMILIES: Final = "families.json"
_FIRST: Final = ("guards.cedar", "memory.cedar", "tiers.cedar")
_ID: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_ANNOTATIONS: Final = frozenset({"id", "sentence", "verdict", "tier", "role", "approvals", "author"})


@dataclass(frozen=True)
class Clause:
    """One rule as data.

    Attributes:
        id, sentence: what people see.
        permits: whether it permits; else it forbids.
        actions: the Cedar actions it speaks on; empty for all.
        resource: the label or family it is about; empty for all.
        conditions: Cedar's JSON form of its scope and conditions, canonical, for comparing.
        verdict: what a forbidden offer means: blocked or handover.
        tier: the least tier when it speaks.
        role: who has to agree when it speaks, or `None` when it does not say.
        approvals: the least number who have to agree when it speaks.
        author: UPN of who wrote it, who approves nothing it speaks on; "" when it does not say.
        place: file and line.
        offer_apart: whether it speaks on Offer and not, with the same effect, on AutoExecute.
    """

    id: str
    sentence: str
    permits: bool
    actions: frozenset[str]
    resource: str
    conditions: str
    verdict: Verdict
    tier: Tier
    role: ApproverRole | None
    approvals: int
    author: str
    place: str
    offer_apart: bool

    def speaks_on(self, action: str) -> bool:
        """Whether the rule names this Cedar action, or none and so all."""
        return not self.actions or action in self.actions


@dataclass(frozen=True)
class Texts:
    """All texts of a policy, read and checked; `version` changes with any of them."""

    schema: str
    families: dict[str, tuple[str, ...]]
    rules: str
    clauses: dict[str, Clause]
    version: str
    files: tuple[tuple[str, str], ...]
    """Name and text of every file, in the order in which they are told; a site's names hold a `/`."""

    @property
    def added(self) -> tuple[Clause, ...]:
        """The rules of the site."""
        return tuple(one for one in self.clauses.values() if "/" in one.place.partition(":")[0])

    @cached_property
    def offer_apart(self) -> bool:
        """Whether Offer has to be asked apart: a rule speaks on it that AutoExecute does not hear."""
        return any(clause.offer_apart for clause in self.clauses.values())


def read(
    site: Path | None = None, *, shipped: Traversable = SHIPPED, labels: Mapping[str, str] | None = None
) -> Texts:
    """Read the shipped rules and, after them, the site's.

    Args:
        site: a folder of `*.cedar` files.
        labels: what the site's own playbooks say of their labels, by file, with a `/` in its name.
        shipped: the folder with schema, families and rules.

    Whether a site's rule may permit is `triage.policy.permits`' to say.

    Raises:
        NotConfigured: a rule does not parse, does not fit the schema, lacks its id or sentence, or uses an id
            twice; the subject is file and line.
    """
    named = {name: shipped.joinpath(name).read_text(encoding="utf-8") for name in (SCHEMA, FAMILIES)}
    added = _site_files(site)
    return understood(
        (*named.items(), *_cedar_files(shipped).items(), *(labels or {}).items(), *added.items())
    )


def understood(files: Iterable[tuple[str, str]]) -> Texts:
    """Return the policy that these files are, in their order, as `Texts.files` holds them.

    Raises:
        NotConfigured: a rule does not parse, does not fit the schema, lacks its id or sentence, or uses an id
            twice; the subject is file and line.
    """
    texts = dict(files)
    schema = texts[SCHEMA]
    rules = {name: text for name, text in texts.items() if name not in {SCHEMA, FAMILIES}}
    clauses: dict[str, Clause] = {}
    for name, text in rules.items():
        for clause in _clauses(name, text, schema):
            if clause.id in clauses:
                raise _refused(
                    clause.place, f"the id {clause.id} is used twice", "give each rule its own @id"
                )
            clauses[clause.id] = clause
    families = {name: tuple(labels) for name, labels in json.loads(texts[FAMILIES]).items()}
    return Texts(schema, families, "\n".join(rules.values()), clauses, _version(texts), tuple(texts.items()))


def _cedar_files(folder: Traversable | Path) -> dict[str, str]:
    """Return the rules by file; what weighs most is told first."""

    def order(file: Traversable) -> tuple[int, str]:
        return (_FIRST.index(file.name) if file.name in _FIRST else len(_FIRST)), file.name

    found = sorted((one for one in folder.iterdir() if one.name.endswith(".cedar")), key=order)
    return {one.name: _read(one) for one in found}


def _read(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _refused(str(file), "the file is not text in UTF-8", "save it as UTF-8") from error


def _site_files(site: Path | None) -> dict[str, str]:
    if site is None:
        return {}
    if site.is_file():
        raise _refused(str(site), "this is a file", "name the folder in which the site's *.cedar files are")
    if not site.is_dir():
        raise _refused(str(site), "the folder of site rules is not there", "check TRIAGE_POLICY_DIR")
    rules = _cedar_files(site)
    if not rules:  # a mount that failed or a misspelt ending must loosen nothing
        cause = "there is no *.cedar file in the folder of site rules"
        raise _refused(str(site), cause, "check TRIAGE_POLICY_DIR, and that the files end in .cedar")
    return {f"{site.name}/{name}": text for name, text in rules.items()}


def _version(texts: dict[str, str]) -> str:
    canonical = json.dumps(texts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _clauses(name: str, text: str, schema: str) -> list[Clause]:
    """Return the rules of one file, each checked against the schema."""
    result = cedarpy.validate_policies(text, schema)
    ids = result.id_annotations_by_policy_id
    if not result.validation_passed:
        first = result.errors[0]
        place = _place(name, text, ids.get(first.policy_id, "")) if first.policy_id else _broken(name, text)
        cause = first.error.replace(f"for policy `{first.policy_id}`, ", "")
        raise _refused(place, cause, "mend the rule; schema.cedarschema lists what a rule may speak about")
    policies: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    return [_clause(policy, name, text) for policy in policies.values()]


def _clause(policy: dict[str, Any], name: str, text: str) -> Clause:
    notes: dict[str, str] = policy.get("annotations", {})
    rule_id = notes.get("id", "")
    place = _place(name, text, rule_id)
    if not _ID.fullmatch(rule_id) or not notes.get("sentence"):
        raise _refused(place, "a rule lacks its @id (like site.no_fridays) or its @sentence", "add both")
    if unknown := set(notes) - _ANNOTATIONS:
        raise _refused(place, f"{rule_id} has an unknown @{min(unknown)}", f"use {sorted(_ANNOTATIONS)}")
    try:
        return Clause(
            id=rule_id,
            sentence=notes["sentence"],
            permits=policy["effect"] == "permit",
            actions=_names(policy["action"]),
            resource="".join(_names(policy["resource"])),
            conditions=json.dumps(
                {part: policy[part] for part in ("principal", "action", "resource", "conditions")},
                sort_keys=True,
            ),
            offer_apart="Offer" in _names(policy["action"]) and not _speaks_on_both(policy),
            verdict=Verdict(notes.get("verdict", Verdict.BLOCKED)),
            tier=Tier(int(notes.get("tier", Tier.READ))),
            role=ApproverRole(notes["role"]) if "role" in notes else None,
            approvals=Approvals(count=int(notes.get("approvals", 0))).count,
            author=notes.get("author", ""),
            place=place,
        )
    except ValueError as error:
        raise _refused(place, f"{rule_id}: {error}", "see the shipped rules for what is possible") from error


def _speaks_on_both(policy: dict[str, Any]) -> bool:
    """Whether a rule on Offer is heard on AutoExecute too, or says nothing but yes."""
    open_to_all = policy["resource"]["op"] == policy["principal"]["op"] == "All"
    always = open_to_all and not policy["conditions"]
    return "AutoExecute" in _names(policy["action"]) or (policy["effect"] == "permit" and always)


def _names(scope: dict[str, Any]) -> frozenset[str]:
    """Return the names in a scope such as `action in [...]`; none when it is open to all."""
    entities = scope.get("entities", [scope["entity"]] if "entity" in scope else [])
    return frozenset(entity["id"] for entity in entities)


def _place(name: str, text: str, rule_id: str) -> str:
    for number, line in enumerate(text.splitlines(), start=1):
        if rule_id and f'@id("{rule_id}")' in line:
            return f"{name}:{number}"
    return name


def _broken(name: str, text: str) -> str:
    """Return the place at which the first rule that does not parse begins; the parser tells none."""
    lines = text.splitlines()
    good = 0
    for number, line in enumerate(lines, start=1):
        if line.rstrip().endswith(";") and _parses("\n".join(lines[:number])):
            good = number
    begun = (number for number, line in enumerate(lines, start=1) if number > good and line.strip())
    return f"{name}:{next(begun, len(lines))}"


def _parses(text: str) -> bool:
    try:
        cedarpy.policies_to_json_str(text)
    except ValueError:
        return False
    return True


def _refused(place: str, cause: str, hint: str) -> NotConfigured:
    return NotConfigured(f"The policy is refused: {cause}.", subject=place, hint=f"{hint}.")
