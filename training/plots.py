"""Two small pictures as SVG text: reliability of the confidence, and risk against coverage."""

import numpy as np

from models.labels import OTHER
from training.evaluate import Judged, Metrics

_SIDE = 320
_PAD = 36


def reliability_svg(judged: Judged) -> str:
    """Return the share of right guesses by confidence, beside the diagonal of a calibrated model."""
    bins = np.minimum((judged.confidence * 10).astype(int), 9)
    right = ~judged.wrong
    points = [
        (float(judged.confidence[bins == one].mean()), float(right[bins == one].mean()))
        for one in np.unique(bins)
    ]
    return _chart("confidence", "share right", points, 1.0, [((0.0, 0.0), (1.0, 1.0))])


def risk_coverage_svg(judged: Judged, metrics: Metrics) -> str:
    """Return the share of wrong among the accepted, by coverage, with the contract's limit and point."""
    acting = np.flatnonzero(judged.guess != OTHER)
    order = acting[np.argsort(-judged.trust[acting], kind="stable")]
    intents = max(1, int((judged.truth != OTHER).sum()))
    steps = np.unique(np.linspace(0, max(0, len(order) - 1), 120).astype(int))
    risk = np.cumsum(judged.wrong[order]) / np.arange(1, len(order) + 1)
    points = [((int(step) + 1) / intents, float(risk[step])) for step in steps] if len(order) else []
    limit = metrics.contract.max_wrong
    top = max(0.1, limit * 2)
    marked = [
        ((0.0, limit), (1.0, limit)),
        ((metrics.contract.coverage, 0.0), (metrics.contract.coverage, top)),
    ]
    return _chart("coverage", "share wrong", points, top, marked)


def _chart(
    across: str,
    up: str,
    points: list[tuple[float, float]],
    top: float,
    lines: list[tuple[tuple[float, float], tuple[float, float]]],
) -> str:
    def place(point: tuple[float, float]) -> str:
        x = _PAD + min(point[0], 1.0) * (_SIDE - _PAD - 8)
        y = (_SIDE - _PAD) - min(point[1] / top, 1.0) * (_SIDE - _PAD - 8)
        return f"{x:.1f},{y:.1f}"

    curve = " ".join(place(point) for point in points)
    guides = "".join(
        f'<polyline class="guide" points="{place(start)} {place(end)}"/>' for start, end in lines
    )
    bottom = _SIDE - _PAD
    return (
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{up} by {across}">'
        f'<path class="axis" d="M{_PAD},8V{bottom}H{_SIDE - 8}"/>{guides}'
        f'<polyline class="curve" points="{curve}"/>'
        f'<text x="{_SIDE // 2}" y="{_SIDE - 8}">{across}</text>'
        f'<text x="4" y="20">{up} (to {top:g})</text></svg>'
    )
