"""`triage policy`: check the rules, explain a decision, tell two policies apart, rehearse attacks."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from json import loads
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from triage.app import load_policy
from triage.cli import permits
from triage.cli.console import STDOUT, JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.errors import BadInput, Unknown
from triage.policy.cases import facts_of, load_cases
from triage.policy.compare import Comparison, Difference, Direction, compare, effect
from triage.policy.decide import Policy
from triage.policy.explain import Explanation, explain
from triage.policy.scripts import load_scripts
from triage.policy.texts import SCHEMA
from triage.rehearsal import Rehearsed, rehearse
from triage.settings import load_settings
from triage.store import decisions, tickets
from triage.store.engine import open_database

SHIPPED_WORD = "shipped"

PolicyDir = Annotated[
    Path | None,
    typer.Option("--policy", metavar="DIR", help="Folder of the site's rules; else TRIAGE_POLICY_DIR."),
]


def register(app: typer.Typer) -> None:
    """Add the `policy` group."""
    group = typer.Typer(no_args_is_help=True, help="Check the policy and explain its decisions.")
    group.command("check")(check)
    group.command("explain")(explain_decision)
    group.command("diff")(diff)
    group.command("rehearse")(rehearse_all)
    group.command("key")(permits.key)
    group.command("permit")(permits.permit)
    app.add_typer(group, name="policy")


def check(*, policy: PolicyDir = None, json: JsonTarget = None) -> None:
    """Validate every rule, count what they do, and play the shipped cases; exit 1 when a case gets looser."""
    loaded = _load(policy)
    told = compare(Policy.load(), loaded, load_cases())
    looser = [one for one in told.cases if one.direction is Direction.LOOSER]
    counts = Counter(effect(clause) for clause in loaded.texts.clauses.values())
    granted = {rule: list(signers) for rule, signers in loaded.granted.items()}
    emit_json(
        {"version": loaded.version, "rules": dict(counts), "cases": told.cases, "permits": granted}, json
    )
    drawn = table("Rules", "a rule that speaks …", "#rules")
    for what, number in counts.most_common():
        add_row(drawn, what, number)
    report(json).print(drawn)
    for rule, signers in granted.items():
        report(json).print(safe(f"{rule} permits by the site's own wish, signed by {' and '.join(signers)}"))
    _print_differences("Cases that the site's rules decide otherwise", told.cases, json)
    words = f"{sum(counts.values())} rules are valid; {loaded.version}"
    summary(words if not looser else f"{len(looser)} cases got looser", ok=not looser, target=json)
    if looser:
        raise typer.Exit(1)


def explain_decision(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|TICKET",
            help="A decision as JSON or facts as YAML (- is stdin), or a ticket's number in the database.",
        ),
    ],
    *,
    policy: PolicyDir = None,
    json: JsonTarget = None,
) -> None:
    """Tell which rules spoke, where they stand, and which single fact would lead to another verdict."""
    is_file = what == str(STDOUT) or Path(what).exists() or Path(what).suffix
    told = _read(Path(what)) if is_file else asyncio.run(_newest_decision(what))
    loaded = _load(policy)
    explanation = explain(loaded, facts_of(_facts_in(told, what), what))
    emit_json(explanation, json)
    _print_explanation(explanation, json)
    if told.get("policy", loaded.version) != loaded.version:
        report(json).print(
            safe(f"It was decided as {told['verdict']} under another policy, {told['policy']}")
        )
    ruling = explanation.ruling
    summary(f"{ruling.verdict}, tier {int(ruling.tier)}", target=json)


async def _newest_decision(number: str) -> dict[str, Any]:
    """Return the newest decision on the ticket with this number, as JSON."""
    async with open_database(load_settings()) as database, database.engine.connect() as conn:
        for ticket in await tickets.by_number(conn, number):
            for stored in await decisions.of_ticket(conn, ticket.id):
                return stored.decision.model_dump(mode="json")
    raise Unknown(
        "There is no decided ticket of that number, and no file of that name.",
        subject=number,
        hint="Give a file with a decision, for instance a line of `triage replay`.",
    )


def diff(
    old: Annotated[str, typer.Argument(help="A folder of site rules or a whole policy, or `shipped`.")],
    new: Annotated[str, typer.Argument(help="The same, to compare with.")],
    *,
    json: JsonTarget = None,
) -> None:
    """Tell in words how two policies differ, and which cases they decide otherwise."""
    told = compare(_policy_at(old), _policy_at(new), load_cases())
    emit_json(told, json)
    _print_differences("Rules", told.rules, json)
    _print_differences("Cases decided otherwise", told.cases, json)
    summary(_in_short(told), target=json)


def rehearse_all(*, policy: PolicyDir = None, json: JsonTarget = None) -> None:
    """Play scripted attacks and an ordinary day against the policy; exit 1 when an attack gets through."""
    loaded = _load(policy)
    played = asyncio.run(_rehearse(loaded))
    emit_json({"policy": loaded.version, "rehearsals": played}, json)
    drawn = table("Rehearsals", "script", "#steps", "outcome")
    for one in played:
        add_row(drawn, one.title, len(one.steps), "held" if one.held else "AN ATTACK GOT THROUGH")
    report(json).print(drawn)
    for script, step, words in _findings(played):
        report(json).print(safe(f"{script}: {step}\n  {words}"))
    lost = [one for one in played if not one.held]
    words = f"{len(played)} rehearsals, {sum(len(one.steps) for one in played)} steps: nothing got through"
    summary(words if not lost else f"{len(lost)} attacks got through", ok=not lost, target=json)
    if lost:
        raise typer.Exit(1)


async def _rehearse(policy: Policy) -> list[Rehearsed]:
    return [await rehearse(policy, script) for script in load_scripts()]


def _findings(played: list[Rehearsed]) -> list[tuple[str, str, str]]:
    told = [(one.title, step, words) for one in played for step in one.steps for words in step.through]
    short = [(one.title, step, words) for one in played for step in one.steps for words in step.tighter]
    return [
        *((title, step.say, f"got through: {words}") for title, step, words in told),
        *((title, step.say, f"tighter than shipped: {words}") for title, step, words in short),
    ]


def _load(policy: Path | None) -> Policy:
    return load_policy(load_settings(), policy)


def _policy_at(place: str) -> Policy:
    """Load `shipped`, a whole policy (a folder with a schema), or the shipped one with a site's folder."""
    if place == SHIPPED_WORD:
        return Policy.load()
    folder = Path(place)
    if (folder / SCHEMA).is_file():
        return Policy.load(shipped=folder)
    return Policy.load(folder, keys=load_settings().policy_keys)


def _read(file: Path) -> dict[str, Any]:
    """Read a mapping from JSON or, what people write by hand, YAML."""
    text = sys.stdin.read() if file == STDOUT else file.read_text(encoding="utf-8")
    try:
        told = loads(text)
    except ValueError:
        told = _yaml(text, str(file))
    if not isinstance(told, dict):
        raise BadInput("This is no decision and no facts.", subject=str(file), hint="Give one decision.")
    return told


def _yaml(text: str, name: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadInput("This is neither JSON nor YAML.", subject=name) from error


def _facts_in(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the facts of a decision, or what was given when it is facts."""
    if "verdict" not in told:
        return told
    facts = told.get("facts")
    if not isinstance(facts, dict):
        raise BadInput(
            "The decision does not tell its facts.",
            subject=name,
            hint="Take it from `triage replay`, or from the API as a viewer or above.",
        )
    return facts


def _print_explanation(told: Explanation, json: Path | None) -> None:
    ruling = told.ruling
    out = report(json)
    if ruling.approvals.count:
        out.print(safe(f"{ruling.approvals.count} of role {ruling.approvals.role} have to agree"))
    drawn = table("Rules that spoke", "rule", "sentence", "place")
    for rule in ruling.rules:
        add_row(drawn, rule.id, rule.sentence, told.places.get(rule.id))
    out.print(drawn)
    learnt = table("Where the facts come from", "from", "facts")
    for source in dict.fromkeys(told.provenance.values()):
        add_row(learnt, source, ", ".join(fact for fact, one in told.provenance.items() if one is source))
    out.print(learnt)
    flips = table("One fact that would change it", "fact", "is", "if it were", "verdict")
    for flip in told.flips:
        add_row(flips, flip.fact, flip.before, flip.after, flip.verdict)
    out.print(flips if told.flips else safe("No single fact would change it."))


def _print_differences(title: str, differences: tuple[Difference, ...], json: Path | None) -> None:
    if not differences:
        return
    drawn = table(title, "what", "direction", "how")
    for one in differences:
        add_row(drawn, one.subject, one.direction, one.sentence)
    report(json).print(drawn)


def _in_short(told: Comparison) -> str:
    ways = Counter(one.direction for one in told.cases)
    cases = ", ".join(f"{number} {way}" for way, number in ways.items()) or "none"
    return f"rules that differ: {len(told.rules)}; cases decided otherwise: {cases}"
