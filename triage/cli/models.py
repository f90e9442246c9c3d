"""`triage models`: which versions there are, which serves, and whether their files are what was saved."""

from datetime import UTC, datetime
from typing import Annotated, TypedDict

import typer

from models.errors import ModelError, NoModel
from models.registry import NEXT_STEP, Registry
from training.evaluate import Metrics
from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.cli.metrics import percent
from triage.cli.model_keys import keys
from triage.cli.promotion import Force, Golden, Recent, Replay, evidence, tell, through_gate
from triage.settings import load_settings

Version = Annotated[str, typer.Argument(metavar="VERSION", help="Name of a version (`triage models list`).")]
AnyVersion = Annotated[str | None, typer.Argument(metavar="[VERSION]", help="The promoted one if left out.")]

versions = typer.Typer(no_args_is_help=True, help="List, show, promote, roll back and verify model versions.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    versions.add_typer(keys, name="keys")
    app.add_typer(versions, name="models")


def _registry() -> Registry:
    return Registry(load_settings().data_dir)


@versions.command("list", help="List the versions, oldest first.")
def list_versions(json_to: JsonTarget = None) -> None:
    """Print one line a version; the promoted one is marked."""
    registry = _registry()
    serving = registry.current_version()
    briefs = {name: _brief(registry, name) for name in registry.versions()}
    drawn = table("Models", "version", "serves", "#rows", "#accuracy", "#coverage")
    for name, brief in briefs.items():
        add_row(
            drawn,
            name,
            "yes" if name == serving else "",
            brief.get("rows"),
            percent(brief.get("accuracy")),
            percent(brief.get("coverage")),
        )
    report(json_to).print(drawn if briefs else f"No version yet. {NEXT_STEP}", soft_wrap=True)
    emit_json(
        [{"version": name, "serves": name == serving, **brief} for name, brief in briefs.items()], json_to
    )


class _Brief(TypedDict, total=False):
    """The figures of a version in a line; none where it has no metrics."""

    rows: int
    accuracy: float
    coverage: float


def _brief(registry: Registry, version: str) -> _Brief:
    found = registry.metrics(version)
    if not found:
        return {}
    metrics = Metrics.model_validate(found)
    return {
        "rows": metrics.rows,
        "accuracy": round(metrics.accuracy, 4),
        "coverage": round(metrics.contract.coverage, 4),
    }


@versions.command("show", help="Show one version: contract, thresholds, figures.")
def show(version: AnyVersion = None, json_to: JsonTarget = None) -> None:
    """Print what a version knows beside its weights."""
    registry = _registry()
    model = registry.require(version)
    drawn = table(
        f"Model {model.version}",
        "label",
        "#threshold",
        "#accepted",
        "#wrong",
        "#precision at least",
        "#missing",
    )
    for label, gate in model.facts.certificate.gates.items():
        add_row(
            drawn,
            label,
            None if gate.threshold is None else f"{gate.threshold:.4f}",
            gate.accepted,
            gate.wrong,
            percent(gate.precision_low),
            gate.missing or None,
        )
    report(json_to).print(drawn)
    report(json_to).print(f"Folder: {registry.folder(model.version)}")
    emit_json({"facts": model.facts, "metrics": registry.metrics(model.version)}, json_to)


@versions.command("promote", help="Let a version serve from now on, if the gate agrees.")
def promote(
    version: Version,
    golden: Golden = None,
    replay: Replay = None,
    recent: Recent = 0,
    force: Force = "",
    json_to: JsonTarget = None,
) -> None:
    """Promote through the gate; exit 1 when it says no."""
    settings = load_settings()
    held_to = evidence(settings, golden=golden, replay=replay, recent=recent)
    outcome = through_gate(Registry(settings.data_dir), version, held_to, datetime.now(UTC), force)
    tell(outcome, json_to)
    emit_json(outcome, json_to)
    if not outcome.promoted:
        summary(f"{version} is not promoted.", ok=False, target=json_to)
        raise typer.Exit(1)
    summary(f"{version} serves now{', against the gate' if outcome.forced else ''}.", target=json_to)


@versions.command("rollback", help="Let the version that served before serve again.")
def rollback() -> None:
    """Go back one promotion, thresholds and all; nothing is asked, the version has served before."""
    summary(f"{_registry().rollback(datetime.now(UTC))} serves again.")


@versions.command("verify", help="Check signature and files of a version, or of all.")
def verify(version: AnyVersion = None) -> None:
    """Exit 1 when a version is not what a trusted key signed, 2 when there is none."""
    registry = _registry()
    names = (version,) if version else registry.versions()
    if not names:
        raise NoModel("There is no model to verify.", hint=NEXT_STEP)
    broken = 0
    for name in names:
        try:
            registry.verify(name)
        except ModelError as error:
            broken += 1
            report().print(safe(f"{error} {error.hint}"), soft_wrap=True)
    told = f"{len(names)} version(s) are what was signed" if not broken else f"{broken} must not be used"
    serving = registry.current_version()
    summary(f"{told}; {f'{serving} serves' if serving else 'none is promoted'}.", ok=not broken)
    raise typer.Exit(1 if broken else 0)
