"""Shows the metrics of a training or evaluation as two short tables."""

from pathlib import Path

from training.evaluate import Metrics
from triage.cli.console import add_row, report, table


def show_metrics(metrics: Metrics, json_to: Path | None) -> None:
    """Print the figures people ask for first, then one line a label."""
    head = table(f"{metrics.rows} rows, {metrics.labels} labels", "figure", "#value")
    contract = metrics.contract
    add_row(head, "accuracy", _percent(metrics.accuracy))
    add_row(head, "calibration error", f"{metrics.ece:.3f}")
    add_row(
        head,
        f"coverage at {contract.max_wrong:.1%} wrong, {contract.assurance:.0%} sure",
        _percent(contract.coverage),
    )
    add_row(head, "wrong among accepted", f"{contract.wrong} of {contract.accepted}")
    add_row(
        head,
        "intent against other, AUROC",
        "-" if metrics.novelty_auroc is None else f"{metrics.novelty_auroc:.3f}",
    )
    lines = table("By label", "label", "#rows", "#precision", "#recall", "#runs by itself", "#rows missing")
    for label, one in metrics.per_label.items():
        add_row(
            lines,
            label,
            one.rows,
            _percent(one.precision),
            _percent(one.recall),
            _percent(one.coverage),
            one.missing or None,
        )
    report(json_to).print(head, lines)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
