"""The versions in a data directory and which of them serves; promoting and rolling back are atomic."""

import json
import logging
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from models import artefact
from models.errors import ModelError, NoModel
from models.model import Model

NEXT_STEP: Final = (
    "Make an export (`triage synth export.csv`) and train on it (`triage train export.csv --promote`)."
)
_log = logging.getLogger(__name__)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,80}")


class Promotion(BaseModel):
    """A line of the history: which version began to serve, when, and whether by going back to it."""

    model_config = ConfigDict(frozen=True)

    version: str
    at: datetime
    rolled_back: bool = False


class Registry:
    """Model versions under `<data_dir>/models`; a version is a folder and is never changed.

    Holds the model that serves in memory and reads it anew when another was promoted: `current` costs one
    small read when nothing has changed, so it may be called for every ticket.
    """

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "models"
        self._pointer = self.root / "current"
        self._history = self.root / "promotions.jsonl"
        self._loaded: Model | None = None
        self._refused = ""

    def folder(self, version: str) -> Path:
        """Return where a version lies.

        Raises:
            NoModel: `version` is no name of a version.
        """
        if not _VERSION.fullmatch(version):
            raise NoModel(f"{version!r} is no name of a version.", hint="See `triage models list`.")
        return self.root / version

    def current_version(self) -> str | None:
        """Return the promoted version; None before the first promotion."""
        try:
            return self._pointer.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def current(self) -> Model | None:
        """Return the model that serves; None before the first promotion.

        A newly promoted version that cannot be opened is logged, and the one in memory goes on serving.

        Raises:
            ModelError: Nothing is in memory yet and the promoted version cannot be opened.
        """
        version = self.current_version()
        if version is None:
            return None
        if self._loaded is None or version not in {self._loaded.version, self._refused}:
            self._take_up(version)
        return self._loaded

    def _take_up(self, version: str) -> None:
        try:
            self._loaded = self.load(version)
        except ModelError as error:
            if self._loaded is None:
                raise
            self._refused = version
            _log.error("Model %s keeps serving: %s %s", self._loaded.version, error, error.hint)

    def require(self, version: str | None = None) -> Model:
        """Return the given or the promoted version.

        Raises:
            NoModel: There is none; the hint names the next step.
        """
        model = self.load(version) if version else self.current()
        if model is None:
            raise NoModel("No model is promoted.", hint=NEXT_STEP)
        return model

    def load(self, version: str) -> Model:
        """Verify and open a version.

        Raises:
            ModelError: There is no such version, or it cannot be trusted or read.
        """
        return artefact.load(self.folder(version))

    def versions(self) -> Sequence[str]:
        """Return the names of all finished versions, oldest first."""
        if not self.root.is_dir():
            return ()
        return sorted(path.parent.name for path in self.root.glob(f"*/{artefact.MANIFEST}"))

    def history(self) -> Sequence[Promotion]:
        """Return the promotions, oldest first."""
        if not self._history.exists():
            return ()
        lines = self._history.read_text(encoding="utf-8").splitlines()
        return [Promotion.model_validate_json(line) for line in lines if line]

    def verify(self, version: str) -> artefact.Manifest:
        """Check the files of a version.

        Raises:
            ModelError: Says which file is missing or changed.
        """
        return artefact.verify(self.folder(version))

    def promote(self, version: str, at: datetime) -> None:
        """Let a version serve from now on; running services take it up with their next ticket.

        Raises:
            ModelError: The version cannot be verified; nothing has changed then.
        """
        self._point_to(Promotion(version=version, at=at))

    def rollback(self, at: datetime) -> str:
        """Let the version that served before this one serve again, thresholds and all; return its name.

        Going back twice goes back two promotions.

        Raises:
            NoModel: No other version served before.
        """
        served: list[str] = []
        for entry in self.history():
            if entry.rolled_back:
                served.pop()
            elif not served or served[-1] != entry.version:
                served.append(entry.version)
        if len(served) < 2:
            raise NoModel("There is no earlier version to go back to.", hint="See `triage models list`.")
        self._point_to(Promotion(version=served[-2], at=at, rolled_back=True))
        return served[-2]

    def _point_to(self, promotion: Promotion) -> None:
        self.load(promotion.version)
        with self._history.open("a", encoding="utf-8") as lines:
            lines.write(promotion.model_dump_json() + "\n")
        fresh = self._pointer.with_suffix(f".{os.getpid()}")
        fresh.write_text(promotion.version + "\n", encoding="utf-8")
        fresh.replace(self._pointer)

    def metrics(self, version: str) -> dict[str, object]:
        """Return the metrics a version was trained with; empty if it has none."""
        path = self.folder(version) / "metrics.json"
        found: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return found
