"""Whether a new version may replace the one that serves."""

from models.labels import OTHER
from training.evaluate import Metrics

_SLACK = 0.02  # accuracy that chance may cost between two trainings


def reasons_against(new: Metrics, serving: Metrics | None) -> list[str]:
    """Return why `new` should not be promoted, in sentences; empty when it may."""
    reasons, contract = [], new.contract
    if contract.wrong_rate > contract.max_wrong:
        reasons.append(
            f"{contract.wrong_rate:.1%} of the accepted rows are wrong; "
            f"the contract allows {contract.max_wrong:.1%}."
        )
    if serving is None:
        return reasons
    lost = set(serving.per_label) - set(new.per_label) - {OTHER}
    if lost:
        reasons.append(f"Labels the serving model knows are gone: {', '.join(sorted(lost))}.")
    if not lost and new.accuracy < serving.accuracy - _SLACK and set(new.per_label) == set(serving.per_label):
        reasons.append(f"Accuracy falls from {serving.accuracy:.1%} to {new.accuracy:.1%}.")
    return reasons
