"""Measures how much each mark around a name says, from the shipped frames, and writes `data/weights.yaml`.

Run `python -m tests.benchmarks.weigh_parts` after a change of the marks or the word lists. Each ticket is a
choice between the people it names, the caller and nobody; the weights make the right ones most likely (a
conditional logit). What is printed comes from writers that had no part in the fit.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from tests.benchmarks.resolve import Scenery, scenery, ticket_of, without_the_meant
from training.frames import Part, load_frames, part_of
from training.synth import synth
from triage.playbooks.model import Playbook
from triage.resolve.directory import Person
from triage.resolve.find import things_asked
from triage.resolve.parts import caller_marks, nobody_marks
from triage.resolve.reading import read_ticket
from triage.resolve.referents import Referent
from triage.resolve.who import Company, Role, company_of, names_of_mark

_MAILBOXES = ("mailbox_permission_grant", "mailbox_permission_revoke")
_CALENDARS = ("calendar_permission",)
_NOBODY = (*_CALENDARS, "user_onboarding", "guest_invite", "shared_mailbox_create", "service_restart")
"""Labels about nobody of the directory, or about two people at once."""
_FITS: Mapping[str, tuple[Collection[str], Mapping[str, Sequence[str]]]] = {
    "affected": ((), {"affected": ("user", "trustee")}),
    "calendars": (_CALENDARS, {"calendar_owner": ("calendar_owner",), "calendar_trustee": ("trustee",)}),
    "mailboxes": (_MAILBOXES, {"mailbox_owner": ("mailbox",)}),
}
"""What is fitted together: for which labels, and the roles with the parameters that tell who plays them."""
WEIGHTS = Path("triage/resolve/data/weights.yaml")
_FOLDS = 4
_TAME = frozenset({"reports to caller", "chief of caller"})
"""Invented companies obey their org chart; life does not, so these marks may not count for much."""

_LEXICAL: Mapping[str, tuple[int, int]] = {"word": (16, 5), "pair": (16, 5)}
"""Marks that are words: in how many tickets and by how many writers they must be met to be weighed."""

_LEXICAL_CAUTION = 4.0
_FEW = 2000
"""With fewer tickets, words count that are met half as often."""
_LEAST = 0.04
"""A smaller weight says nothing and is left out."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One ticket: the marks of each who may be meant, which is right, which is one person, who wrote it."""

    writer: str
    marks: tuple[frozenset[str], ...]
    right: tuple[bool, ...]
    one: tuple[bool, ...]


def main(arguments: Sequence[str]) -> None:
    """Fit on all writers but the fold's, report, then fit on all and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="only report")
    dry = parser.parse_args(arguments).dry
    where, weights = scenery(), {}
    for name, (labels, roles) in _FITS.items():
        cases = _pruned(list(_cases(where, labels, roles)))
        writers = sorted({case.writer for case in cases})
        folds = [frozenset(writers[fold::_FOLDS]) for fold in range(_FOLDS)]
        sys.stdout.write(f"{name}: {len(cases)} tickets\n")
        _report([row for fold in folds for row in _tried(cases, fold)])
        found = sorted(fit(cases).items())
        for role in roles:
            own = f"{role}|"
            weights[role] = {
                m.removeprefix(own): round(w, 2) for m, w in found if m.startswith(own) and abs(w) > _LEAST
            }
    if not dry:
        WEIGHTS.write_text(yaml.safe_dump(weights, sort_keys=True), encoding="utf-8")


def _cases(where: Scenery, labels: Collection[str], roles: Mapping[str, Sequence[str]]) -> Iterator[Case]:
    """Yield each ticket with everybody in the directory, and again without those it asks something for."""
    frames = [
        frame
        for frame in part_of(load_frames(), Part.TAUGHT)
        if frame.intent in where.playbooks and _fits(frame.intent, labels)
    ]
    for seed in (1, 2):
        for row in synth(where.world, rows=len(frames), seed=seed, frames=frames):
            lacking = without_the_meant(row, where)
            for scene in (where, lacking) if lacking is not where else (where,):
                case = _case(row, scene, roles, strangers=scene is not where)
                if case is not None:
                    yield case


def _fits(label: str, labels: Collection[str]) -> bool:
    return label in labels if labels else label not in _NOBODY


def _case(
    row: dict[str, str], where: Scenery, roles: Mapping[str, Sequence[str]], *, strangers: bool
) -> Case | None:
    """Return the choices of one ticket: one for each who may play the role, or each pair for two roles."""
    playbook = where.playbooks[row["u_intent"]]
    reading = read_ticket(ticket_of(row), where.directory)
    things = things_asked(playbook, reading, where.directory)
    company = company_of(reading, where.directory, things)
    if ("mailbox_owner" in roles and things) or (
        strangers and all(part.referent.people for part in company.parts)
    ):
        return None
    told = json.loads(row["u_parameters"])
    sets = [_choices(name, told, company, where, playbook, parameters) for name, parameters in roles.items()]
    tuples = [one for one in product(*sets) if len(one) == 1 or not one[0].people & one[1].people]
    return Case(
        row["u_writer"],
        tuple(frozenset[str]().union(*(choice.marks for choice in one)) for one in tuples),
        tuple(all(choice.right for choice in one) for one in tuples),
        tuple(all(choice.person for choice in one) for one in tuples),
    )


@dataclass(frozen=True)
class _Choice:
    people: frozenset[str]
    marks: frozenset[str]
    right: bool
    person: bool


def _choices(
    role: str,
    told: Mapping[str, object],
    company: Company,
    where: Scenery,
    playbook: Playbook,
    parameters: Sequence[str],
) -> list[_Choice]:
    """Return all who may play one role, the caller and nobody among them."""
    name = next(one for one in parameters if one in playbook.parameters)
    wanted = _told(told, name) & set(where.directory.by_address)
    part_of_label = Role("", playbook.label, playbook.flavour)

    def choice(people: Collection[Person], marks: Collection[str], *, right: bool) -> _Choice:
        names = (f"{role}|{one}" for mark in marks for one in names_of_mark(mark, part_of_label))
        upns = frozenset(person.upn for person in people)
        return _Choice(upns, frozenset(names), right, len(people) == 1)

    found = [
        choice(
            part.referent.people,
            part.marks,
            right=_is(part.referent, wanted) or not (wanted or part.referent.people),
        )
        for part in company.others
    ]
    caller = company.reading.caller
    found.append(choice((), nobody_marks(company.reading, company.parts), right=not wanted))
    if caller is not None:
        found.append(
            choice((caller,), caller_marks(company.reading, company.parts), right=caller.upn in wanted)
        )
    return found


def _pruned(cases: Sequence[Case]) -> list[Case]:
    """Leave out the words that are met too seldom, or only with few writers."""
    tickets: Counter[str] = Counter()
    writers: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for name in frozenset[str]().union(*case.marks):
            tickets[name] += 1
            writers[name].add(case.writer)
    few = len(cases) < _FEW
    kept = {name for name in tickets if _counts(name, tickets[name] * (1 + few), len(writers[name]) + few)}
    return [replace(case, marks=tuple(marks & kept for marks in case.marks)) for case in cases]


def _counts(name: str, tickets: int, writers: int) -> bool:
    least = _LEXICAL.get(name.rsplit("|", maxsplit=1)[-1].split(maxsplit=1)[0])
    return least is None or (tickets >= least[0] and writers >= least[1])


def _told(truth: Mapping[str, object], name: str) -> set[str]:
    told = truth.get(name) or ()
    return (
        {told} if isinstance(told, str) else {str(one) for one in told} if isinstance(told, list) else set()
    )


def _is(referent: Referent, wanted: set[str]) -> bool:
    return any(person.upn in wanted for person in referent.people)


def fit(cases: Sequence[Case], penalty: float = 0.5) -> dict[str, float]:
    """Return the weight of each mark under which the right choices are most likely."""
    usable = [case for case in cases if any(case.right) and not all(case.right)]
    names = sorted({mark for case in usable for marks in case.marks for mark in marks})
    at = {name: index for index, name in enumerate(names)}
    rows = _matrix([marks for case in usable for marks in case.marks], at)
    sizes = np.array([len(case.marks) for case in usable])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.array([one for case in usable for one in case.right])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    ridge = np.array([penalty * _caution(name) for name in names])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        wholes, rights = np.add.reduceat(powers, starts), np.add.reduceat(powers * right, starts) + 1e-300
        slope = rows.T @ (powers / wholes[owner] - powers * right / rights[owner]) + 2 * ridge * weights
        return float(-np.log(rights / wholes).sum() + (ridge * weights**2).sum()), slope

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, found.x.tolist(), strict=True))


def _caution(name: str) -> float:
    """Return how many times as hard as others a mark is held down."""
    mark = name.rsplit("|", maxsplit=1)[-1]
    if mark in _TAME:
        return 40.0
    return _LEXICAL_CAUTION if mark.split(maxsplit=1)[0] in _LEXICAL else 1.0


def _matrix(choices: Sequence[frozenset[str]], at: Mapping[str, int]) -> csr_array:
    """Return one row a choice, with a one for each of its marks."""
    columns = [at[mark] for marks in choices for mark in sorted(marks)]
    ends = np.cumsum([0, *(len(marks) for marks in choices)])
    return csr_array((np.ones(len(columns)), columns, ends), shape=(len(choices), len(at)))


def _tried(cases: Sequence[Case], held_out: frozenset[str]) -> list[tuple[float, bool, bool]]:
    """Return, per held-out ticket, belief in the first choice, whether it is right and is a person."""
    weights = fit([case for case in cases if case.writer not in held_out])
    rows = []
    for case in cases:
        if case.writer in held_out:
            scores = np.array([sum(weights.get(mark, 0.0) for mark in marks) for marks in case.marks])
            shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            first = int(shares.argmax())
            rows.append((float(shares[first]), case.right[first], case.one[first]))
    return rows


def _report(rows: Sequence[tuple[float, bool, bool]]) -> None:
    for least in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95):
        clear = [row for row in rows if row[0] >= least]
        wrong = sum(not right and one for _, right, one in clear)
        sys.stdout.write(
            f"belief >= {least}: {len(clear) / len(rows):.3f} of tickets, wrong {wrong / len(rows):.4f}\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
