"""The report of a training: one HTML page that stands alone, and a model card."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from models.model import Facts
from training.clean import Tally
from training.evaluate import Judged, Metrics
from training.findings import confident_errors, confusions, months, settled, suspect_labels
from training.fit import Taught
from training.plots import reliability_svg, risk_coverage_svg


def html(
    facts: Facts,
    taught: Taught,
    judged: Judged,
    metrics: Metrics,
    latest: Metrics | None,
    tally: Tally,
) -> str:
    """Return the page; it loads nothing from outside."""
    rows = taught.rows.at(taught.out_of_fold.rows)
    suspects = suspect_labels(taught, rows)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            metrics=metrics,
            latest=latest,
            tally=tally,
            reliability=reliability_svg(judged),
            risk_coverage=risk_coverage_svg(judged, metrics),
            confusions=confusions(judged),
            errors=confident_errors(judged, rows),
            suspects=suspects,
            settled=settled(taught, judged, suspects, rows),
            months=months(judged, rows),
        )
    )


def card(facts: Facts, metrics: Metrics, latest: Metrics | None, tally: Tally) -> str:
    """Return the model card as Markdown."""
    return (
        _environment()
        .get_template("card.md.j2")
        .render(facts=facts, metrics=metrics, latest=latest, tally=tally)
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("training", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda value: "-" if value is None else f"{100 * value:.1f} %"
    return environment
