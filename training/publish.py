"""From rows to a version in the registry: teach, measure, write artefact, metrics, report and card."""

import hashlib
import json
import resource
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models import artefact
from models.certificate import Contract
from models.model import Facts
from models.registry import Registry
from training.clean import Tally
from training.dataset import Dataset
from training.evaluate import Metrics, measure
from training.fit import Taught, teach
from training.judge import judge_scored
from training.plan import Plan
from training.report import card, html
from training.work import Progress, Stage


@dataclass(frozen=True)
class Published:
    """A version that was written, not yet promoted.

    Attributes:
        version: Its name.
        metrics: Measured out of fold on every own row.
        latest: Measured on the newest rows, by a model of the older ones; None without times.
    """

    version: str
    metrics: Metrics
    latest: Metrics | None


def publish(
    data: Dataset,
    tally: Tally,
    contract: Contract,
    plan: Plan,
    registry: Registry,
    progress: Progress,
    *,
    seed: int,
    jobs: int,
    now: datetime,
    key: Ed25519PrivateKey,
) -> Published:
    """Teach a model and write it as a new version, signed with `key`; nothing is promoted.

    Raises:
        BadTraining: The rows cannot be learnt from.
    """
    started = monotonic()
    taught = teach(data, contract, plan, progress, seed=seed, jobs=jobs)
    progress(Stage("Measuring"))
    spent, peak = monotonic() - started, peak_mib()
    judged = judge_scored(taught, taught.out_of_fold)
    rows = taught.rows.at(taught.out_of_fold.rows)
    metrics = measure(judged, taught.certificate, rows.languages, seconds=spent, peak_mib=peak)
    latest = None
    if taught.latest is not None:
        late = judge_scored(taught, taught.latest)
        languages = taught.rows.at(taught.latest.rows).languages
        latest = measure(late, taught.certificate, languages, seconds=0.0, peak_mib=0.0)
        metrics = metrics.model_copy(update={"newest": latest.contract})
    facts = facts_of(taught, now)
    progress(Stage("Writing the report"))
    extras = {
        "metrics.json": metrics.model_dump_json(indent=1),
        "report.html": html(facts, taught, judged, metrics, latest, tally),
        "card.md": card(facts, metrics, latest, tally),
    }
    artefact.save(registry.folder(facts.version), taught.pipeline, taught.weights, facts, extras, key)
    return Published(facts.version, metrics, latest)


def peak_mib() -> float:
    """Return the largest memory this process has had, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def facts_of(taught: Taught, now: datetime) -> Facts:
    """Return what serving needs beside the weights, under a fresh name."""
    content = json.dumps([taught.labels, taught.calibration.temperature, float(taught.weights.matrix.sum())])
    mark = hashlib.sha256(content.encode()).hexdigest()[:4]
    return Facts(
        version=f"{now:%Y-%m-%dT%H%M%SZ}-{mark}",
        created_at=now,
        labels=taught.labels,
        temperature=taught.calibration.temperature,
        trust=taught.calibration.trust,
        novelty=taught.calibration.novelty,
        certificate=taught.certificate,
        rows=taught.weights.rows,
    )
