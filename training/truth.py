"""The true parameters of a synthetic ticket, named and written as in a decision (interfaces, section 3)."""

from typing import Any

from training.cast import Cast
from training.frames import Frame


def parameters(frame: Frame, cast: Cast) -> dict[str, Any]:
    """Return what the ticket says, each thing by the directory's name; what it leaves out is absent."""
    return {key: value for key, value in _told(frame, cast).items() if value not in (None, [], "")}


def _told(frame: Frame, cast: Cast) -> dict[str, Any]:
    asks = dict(frame.asks)
    told: dict[str, Any] = {}
    for change in asks.pop("changes", ()):
        told.setdefault("attribute", []).append(change["attribute"])
        told.setdefault("value", []).append(
            cast.truth.get(change["value"], cast.values.get(change["value"], change["value"]))
        )
    if "owner" in asks:
        asks.setdefault("trustee", asks["owner"])
    for name, slot in asks.items():
        if name != "owner":
            told[name] = _value(name, slot, cast)
    return {key: one[0] if isinstance(one, list) and len(one) == 1 else one for key, one in told.items()}


def _value(name: str, slot: Any, cast: Cast) -> Any:
    """Put the directory's name in for a slot; a literal stays, in the words of the interface."""
    if name == "permission":
        return [part for part in str(slot).split("+") if part != "ReadPermission"]
    literal = {"disable": "disabled", "none": None, "LimitedDetails": None}
    parts = [cast.truth.get(part, literal.get(part, part)) for part in str(slot).split(",")]
    return parts if len(parts) > 1 else parts[0]
