"""`triage policy`: what it prints, writes and answers with."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.policy.conftest import ask
from triage.cli.policy import register
from triage.domain.decision import Decision
from triage.domain.ticket import Ticket
from triage.errors import BadInput, NotConfigured, Unknown
from triage.policy.decide import Policy
from triage.store import decisions, tickets
from triage.store.engine import connect

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TIGHT = """
@id("site.no_visio")
@sentence("Visio is bought by hand.")
forbid (principal, action == Triage::Action::"AutoExecute", resource)
when { context.license.sku == "VISIO" };
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    result = CliRunner().invoke(app, ["policy", *arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def decision(policy: Policy, **differences: object) -> Decision:
    facts = ask("license_assign", **differences)
    ruling = policy.rule(facts)
    return Decision(
        number="INC0000017",
        model="m",
        policy=policy.version,
        label=facts.label,
        confidence=facts.confidence,
        accepted=True,
        novelty=0,
        verdict=ruling.verdict,
        rules=ruling.rules,
        facts=facts,
    )


def test_check_counts_and_names_the_version(policy: Policy) -> None:
    result = run("check", "--json", "-")
    told = json.loads(result.stdout)
    assert told["version"] == policy.version
    assert sum(told["rules"].values()) == len(policy.texts.clauses)
    assert result.exit_code == 0


def test_check_refuses_a_rule_that_is_none(site: Callable[[str], Path]) -> None:
    with pytest.raises(NotConfigured, match="skuu"):
        run("check", "--policy", str(site(TIGHT.replace("license.sku", "license.skuu"))))


def test_the_site_folder_comes_from_the_settings_too(
    site: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_POLICY_DIR", str(site(TIGHT)))
    told = json.loads(run("check", "--json", "-").stdout)
    assert {one["direction"] for one in told["cases"]} == {"tighter"}


def test_explain_takes_a_decision_as_it_was_made(policy: Policy, tmp_path: Path) -> None:
    file = tmp_path / "decision.json"
    file.write_text(decision(policy, channel="email").model_dump_json())
    told = json.loads(run("explain", str(file), "--json", "-").stdout)
    assert [rule["id"] for rule in told["ruling"]["rules"]] == ["guard.weak_channel"]
    assert told["flips"] == [
        {"fact": "channel", "before": "email", "after": "self-service", "verdict": "auto"}
    ]


def test_explain_takes_a_line_of_replay_with_any_letters(policy: Policy) -> None:
    """JSON may write what is beyond the basic plane as two halves, which YAML would not join."""
    made = decision(policy, attribute="\N{GRINNING FACE}", channel="email").model_dump(mode="json")
    assert run("explain", "-", stdin=json.dumps(made, ensure_ascii=True)).exit_code == 0


def test_explain_takes_facts_from_stdin() -> None:
    result = run("explain", "-", stdin="base: group_add_member\nfacts: {requester: ben}\n")
    assert "group_add_member.not_owner" in result.stdout
    assert "1 of role owner" in result.stdout


def test_explain_says_that_the_policy_was_another(policy: Policy) -> None:
    old = decision(policy).model_copy(update={"policy": "sha256:old"})
    assert "sha256:old" in run("explain", "-", stdin=old.model_dump_json()).stdout


@pytest.mark.parametrize(
    "text", ["[1, 2]", "a: [", '{"verdict": "auto", "label": "x"}', "label: password_reset"]
)
def test_explain_refuses_what_is_no_decision(text: str) -> None:
    with pytest.raises(BadInput):
        run("explain", "-", stdin=text)


def test_explain_does_not_repeat_control_characters() -> None:
    """Facts come from tickets: what a terminal would obey must not reach it."""
    text = json.dumps({"base": "license_assign", "facts": {"attribute": "\x1b[2Jx", "channel": "email"}})
    assert "\x1b[2J" not in run("explain", "-", stdin=text).stdout


async def _keep(url: str, decided: Decision) -> None:
    ticket = Ticket(
        source="test", sys_id="1", number=decided.number, opened_at=NOW, short_description="Visio"
    )
    async with connect(url) as database, database.engine.begin() as conn:
        ticket_id = await tickets.add(conn, uuid.uuid4(), ticket, NOW)
        assert ticket_id is not None
        stored = decisions.StoredDecision(
            id=uuid.uuid4(), ticket_id=ticket_id, made_at=NOW, decision=decided, seconds={}
        )
        await decisions.add(conn, stored)


def test_explain_finds_a_ticket_by_its_number(
    policy: Policy, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    asyncio.run(_keep(database_url, decision(policy, channel="email")))
    assert "guard.weak_channel" in run("explain", "INC0000017").stdout
    with pytest.raises(Unknown):
        run("explain", "INC0000018")


def test_diff_tells_rules_and_cases(site: Callable[[str], Path]) -> None:
    told = json.loads(run("diff", "shipped", str(site(TIGHT)), "--json", "-").stdout)
    assert [(one["subject"], one["direction"]) for one in told["rules"]] == [("site.no_visio", "tighter")]
    assert "auto/license-by-manager.yaml" in [one["subject"] for one in told["cases"]]


def test_rehearse_ends_well_when_nothing_gets_through() -> None:
    result = run("rehearse", "--json", "-")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert len(told["rehearsals"]) >= 12
