"""Measures how much each mark around a name says, from the shipped frames, and writes `data/weights.yaml`.

Run `python -m tests.benchmarks.weigh_parts` after a change of the marks or the word lists. Each ticket is a
choice between the people it names, the caller and nobody; the weights make the right ones most likely (a
conditional logit). What is printed comes from writers that had no part in the fit.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from tests.benchmarks.resolve import Scenery, scenery, ticket_of
from training.frames import load_frames
from training.synth import synth
from triage.playbooks.model import Playbook
from triage.resolve.find import things_asked
from triage.resolve.parts import caller_marks, nobody_marks
from triage.resolve.reading import read_ticket
from triage.resolve.referents import Referent
from triage.resolve.who import Role, company_of, names_of_mark

WEIGHTS = Path("triage/resolve/data/weights.yaml")
_FOLDS = 4
_TAME = frozenset({"reports to caller", "chief of caller"})
"""Invented companies obey their org chart; life does not, so these marks may not count for much."""

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
    for role in ("affected", "calendar_owner", "calendar_trustee", "mailbox_owner"):
        cases = list(_cases(where, role))
        writers = sorted({case.writer for case in cases})
        folds = [frozenset(writers[fold::_FOLDS]) for fold in range(_FOLDS)]
        sys.stdout.write(f"{role}\n")
        _report([row for fold in folds for row in _tried(cases, fold)])
        weights[role] = {name: round(float(weight), 2) for name, weight in sorted(fit(cases).items())}
    if not dry:
        WEIGHTS.write_text(yaml.safe_dump(weights, sort_keys=True), encoding="utf-8")


def _cases(where: Scenery, role: str) -> Iterator[Case]:
    named = {label: _parameter(playbook, role) for label, playbook in where.playbooks.items()}
    frames = [frame for frame in load_frames() if named.get(frame.intent)]
    for seed in (1, 2):
        for row in synth(where.world, rows=len(frames), seed=seed, frames=frames):
            case = _case(row, where, named[row["u_intent"]])
            if case is not None:
                yield case


def _parameter(playbook: Playbook, role: str) -> str:
    """Return the parameter of a playbook that plays the role, or nothing."""
    if role == "mailbox_owner":
        return "mailbox" if playbook.label.startswith("mailbox_permission") else ""
    calendar = "calendar_owner" in playbook.parameters
    if calendar or role != "affected":
        return (
            {"calendar_owner": "calendar_owner", "calendar_trustee": "trustee"}.get(role, "")
            if calendar
            else ""
        )
    if "display_name" in playbook.parameters:
        return ""
    return next((name for name in ("user", "trustee") if name in playbook.parameters), "")


def _case(row: dict[str, str], where: Scenery, name: str) -> Case | None:
    playbook, truth = where.playbooks[row["u_intent"]], json.loads(row["u_parameters"])
    wanted = _told(truth, name)
    aside = _told(truth, "calendar_owner") if name == "trustee" else set()
    reading = read_ticket(ticket_of(row), where.directory)
    things = things_asked(playbook, reading, where.directory)
    if name == "mailbox" and things:
        return None
    company = company_of(reading, where.directory, things)
    parts = [part for part in company.others if not _is(part.referent, aside) or _is(part.referent, wanted)]
    marks = [part.marks for part in parts] + [nobody_marks(reading, len(company.others))]
    right = [_is(part.referent, wanted) for part in parts] + [not wanted]
    one = [part.referent.person is not None for part in parts] + [False]
    if reading.caller is not None and (reading.caller.upn not in aside or reading.caller.upn in wanted):
        marks.append(caller_marks(reading, len(company.others)))
        right.append(reading.caller.upn in wanted)
        one.append(True)
    role = Role("", playbook.label, playbook.flavour)
    named = tuple(frozenset(name for mark in some for name in names_of_mark(mark, role)) for some in marks)
    return Case(row["u_writer"], named, tuple(right), tuple(one))


def _told(truth: Mapping[str, object], name: str) -> set[str]:
    told = truth.get(name) or ()
    return (
        {told} if isinstance(told, str) else {str(one) for one in told} if isinstance(told, list) else set()
    )


def _is(referent: Referent, wanted: set[str]) -> bool:
    return any(person.upn in wanted for person in referent.people)


def fit(cases: Sequence[Case], penalty: float = 0.5) -> dict[str, float]:
    """Return the weight of each mark under which the right choices are most likely."""
    usable = [case for case in cases if sum(case.right) == 1]
    names = sorted({mark for case in usable for marks in case.marks for mark in marks})
    at = {name: index for index, name in enumerate(names)}
    rows = np.zeros((sum(len(case.marks) for case in usable), len(names)))
    for index, marks in enumerate(marks for case in usable for marks in case.marks):
        rows[index, [at[mark] for mark in marks]] = 1
    sizes = np.array([len(case.marks) for case in usable])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    gold = starts + np.array([case.right.index(True) for case in usable])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    ridge = np.array([penalty * (40 if name in _TAME else 1) for name in names])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        shares = powers / np.add.reduceat(powers, starts)[owner]
        slope = rows.T @ shares - rows[gold].sum(0) + 2 * ridge * weights
        return float(-np.log(shares[gold] + 1e-300).sum() + (ridge * weights**2).sum()), slope

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, found.x.tolist(), strict=True))


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
