"""Rehearsals: no scripted attack gets through, and an ordinary day runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triage.domain.decision import Verdict
from triage.errors import BadInput
from triage.policy.decide import Policy
from triage.policy.scripts import Script, Step, load_scripts
from triage.rehearsal import Rehearsed, rehearse

SCRIPTS = load_scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
async def test_no_attack_gets_through_and_ordinary_asks_run(policy: Policy, script: Script) -> None:
    played = await rehearse(policy, script)
    assert [
        (step.say, step.through, step.tighter) for step in played.steps if step.through or step.tighter
    ] == []


async def test_a_site_that_tightens_everything_holds_and_is_told_where_it_refuses(
    site: Callable[[str], Path],
) -> None:
    rule = (
        '@id("site.people_only") @sentence("People decide.")\n'
        'forbid (principal, action == Triage::Action::"AutoExecute", resource);'
    )
    policy = Policy.load(site(rule))
    played = [await rehearse(policy, script) for script in SCRIPTS]
    assert all(one.held for one in played)
    refused = {one.name for one in played for step in one.steps if step.tighter}
    assert refused == {"ordinary-day", "repeated-trouble"}


def of(step: dict[str, object]) -> Script:
    return Script(name="x", title="x", source="x", steps=(Step.model_validate({"say": "x", **step}),))


def through(played: Rehearsed) -> tuple[str, ...]:
    return played.steps[0].through


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"base": "password_reset", "expect": ["blocked"]}, "auto is not blocked"),
        ({"base": "mfa_reset", "tier": 4}, "tier 3 is not 4"),
        ({"base": "license_assign", "times": 3, "at_most": 2}, "3 of 3 ran by themselves"),
        (
            {"base": "mfa_reset", "attempts": [{"by": "hana", "proven": 1, "allowed": False}]},
            "hana could approve (approve.approver)",
        ),
    ],
)
async def test_an_attack_that_gets_through_is_told(
    policy: Policy, step: dict[str, object], words: str
) -> None:
    """A rehearsal that could not fail would prove nothing."""
    played = await rehearse(policy, of(step))
    assert not played.held
    assert through(played) == (words,)


async def test_steps_remember_each_other(policy: Policy) -> None:
    script = of({"base": "password_reset"})
    again = script.model_copy(update={"steps": script.steps * 2})
    verdicts = [step.verdict for step in (await rehearse(policy, again)).steps]
    assert verdicts == [Verdict.AUTO, Verdict.HANDOVER]


def test_a_file_that_is_no_script_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("title: x\nsteps: [{say: x, bsae: y}]\n")
    with pytest.raises(BadInput) as caught:
        load_scripts(tmp_path)
    assert caught.value.subject == "bad.yaml"
