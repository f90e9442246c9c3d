"""A replay beside the truth in its file: what is held, right, wrong, ambiguous, missing or unsaid."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.benchmarks.resolve import Scenery, scenery
from training.frames import Part, load_frames, part_of
from triage.cli.replay.resolved import in_words, tallies
from triage.cli.replay.truth import Outcome, compared
from triage.domain.request import Parameter, Request, Source

ASKED = {"user": "karin.wright@harborline.example", "license": "VISIOCLIENT"}


@pytest.fixture(scope="module")
def where() -> Scenery:
    return scenery()


def outcomes(
    where: Scenery, found: Mapping[str, str], *, text: str = "Visio Plan 2 for Karin Wright", **truth: str
) -> dict[str, Outcome]:
    """Return how the parameters of a licence ticket compare, `found` being what was resolved."""
    row = {
        "caller_id": "elena.bianchi@harborline.example",
        "short_description": "",
        "description": text,
        "u_intent": "license_assign",
        "u_parameters": json.dumps(ASKED | truth),
    }
    parameters = {name: Parameter(value=value, source=Source.TEXT) for name, value in found.items()}
    request = Request(label="license_assign", parameters=parameters, ambiguous={})
    playbook = where.playbooks["license_assign"]
    return {one.name: one.outcome for one in compared(row, request, playbook, where.directory, where.site)}


def test_what_is_found_is_right_or_wrong_and_what_is_not_is_missing(where: Scenery) -> None:
    assert outcomes(where, ASKED) == {"user": Outcome.RIGHT, "license": Outcome.RIGHT}
    other = ASKED | {"user": "karin.patel@harborline.example"}
    assert outcomes(where, other)["user"] is Outcome.WRONG
    assert outcomes(where, {"license": "VISIOCLIENT"})["user"] is Outcome.MISSING


def test_a_name_that_two_bear_is_not_held_by_the_text(where: Scenery) -> None:
    truth = "anna.schmidt@harborline.example"
    told = outcomes(where, {}, text="Visio Plan 2 for Anna Schmidt", user=truth)
    assert told == {"user": Outcome.UNSAID, "license": Outcome.MISSING}
    named = outcomes(where, {}, text=f"Visio Plan 2 for {truth}", user=truth)
    assert named["user"] is Outcome.MISSING


def test_the_summary_counts_required_parameters_that_are_held(where: Scenery) -> None:
    rows = [{"caller_id": "", "short_description": "Visio Plan 2 for Karin Wright", "description": ""}]
    told = [row | {"u_parameters": json.dumps(ASKED)} for row in rows]
    request = Request(label="license_assign", parameters={})
    playbook = where.playbooks["license_assign"]
    results = [one for row in told for one in compared(row, request, playbook, where.directory, where.site)]
    whole, *each = tallies(results)
    assert (whole.name, whole.held, whole.share(Outcome.RIGHT)) == ("all", 2, 0.0)
    assert [row.name for row in each] == ["license", "user"]
    assert in_words([whole]) == "of 2 required parameters that a text holds 0.00 % right, 0.00 % wrong"
    assert in_words([]) == ""


def test_frames_held_out_teach_nothing_and_the_parts_make_up_the_whole() -> None:
    frames = load_frames()
    taught, held_out = part_of(frames, Part.TAUGHT), part_of(frames, Part.HELD_OUT)
    assert not {one.id for one in taught} & {one.id for one in held_out}
    assert len(taught) + len(held_out) == len(frames) == len(part_of(frames, Part.ALL))
    assert 0.15 < len(held_out) / len(frames) < 0.25
