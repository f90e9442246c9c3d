"""Shows the metrics of a training or evaluation as two short tables."""

from pathlib import Path

from training.clean import Tally
from training.evaluate import Metrics
from triage.cli.console import add_row, report, safe, table

_BAD_SHOWN = 5


def show_metrics(metrics: Metrics, json_to: Path | None) -> None:
    """Print the figures people ask for first, then one line a label."""
    head = table(f"{metrics.rows} rows, {metrics.labels} labels", "figure", "#value")
    contract = metrics.contract
    add_row(head, "accuracy", percent(metrics.accuracy))
    add_row(head, "calibration error", f"{metrics.ece:.3f}")
    add_row(
        head,
        f"coverage at {contract.max_wrong:.1%} wrong, {contract.assurance:.0%} sure",
        percent(contract.coverage),
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
            percent(one.precision),
            percent(one.recall),
            percent(one.coverage),
            one.missing or None,
        )
    report(json_to).print(head, lines)


def show_tally(tally: Tally, json_to: Path | None) -> None:
    """Say what became of the rows, the first unreadable ones by line and reason."""
    out = report(json_to)
    for bad in tally.bad[:_BAD_SHOWN]:
        out.print(safe(f"line {bad.line} left out: {bad.reason}"), soft_wrap=True)
    out.print(safe(tally.sentence()), soft_wrap=True)


def percent(share: float | None) -> str | None:
    """Write a share, 0..1, as per cent; None stays None."""
    return None if share is None else f"{share:.1%}"
