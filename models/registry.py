"""The versions in a data directory and which of them serves; promoting and rolling back are atomic."""

import json
import logging
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from models import artefact, manifest
from models.errors import ModelError, NoModel
from models.model import Model
from models.signature import trusted_keys

NEXT_STEP: Final = (
    "Make an export (`triage synth export.csv`) and train on it (`triage train export.csv --promote`)."
)
_log = logging.getLogger(__name__)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,80}")


class Promotion(BaseModel):
    """A line of the history: which version began to serve, when, whether by going back to it.

    `forced` is the reason somebody gave for promoting against the gate; empty where the gate agreed.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    at: datetime
    rolled_back: bool = False
    forced: str = ""


class Registry:
    """Model versions under `<data_dir>/models`; a version is a folder and is never changed.

    A version counts only with the signature of a key in `<data_dir>/keys/trusted`. Holds the model that
    serves in memory and reads it anew when another was promoted: `current` costs one look at the pointer when
    nothing has changed, so it may be called for every ticket.
    """

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "models"
        self.keys = data_dir / "keys" / "trusted"
        self._pointer = self.root / "current"
        self._history = self.root / "promotions.jsonl"
        self._loaded: Model | None = None
        self._seen: tuple[int, int] | None = None

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
        try:
            pointer = self._pointer.stat()
        except FileNotFoundError:
            return None
        promotion = (pointer.st_ino, pointer.st_mtime_ns)
        if promotion != self._seen:
            self._take_up()
            self._seen = promotion
        return self._loaded

    def _take_up(self) -> None:
        try:
            self._loaded = self.load(self.current_version() or "")
        except (ModelError, OSError) as error:
            if self._loaded is None:
                raise
            hint = getattr(error, "hint", "")
            _log.error("Model %s keeps serving: %s %s", self._loaded.version, error, hint)

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
        return artefact.load(self.folder(version), trusted_keys(self.keys))

    def versions(self) -> Sequence[str]:
        """Return the names of all finished versions, oldest first."""
        if not self.root.is_dir():
            return ()
        names = (path.parent.name for path in self.root.glob(f"*/{manifest.MANIFEST}"))
        return sorted(name for name in names if _VERSION.fullmatch(name))

    def history(self) -> Sequence[Promotion]:
        """Return the promotions, oldest first."""
        if not self._history.exists():
            return ()
        lines = self._history.read_text(encoding="utf-8").splitlines()
        return [Promotion.model_validate_json(line) for line in lines if line]

    def verify(self, version: str) -> manifest.Manifest:
        """Check signature and files of a version.

        Raises:
            ModelError: Says what is wrong: the signer, the release, or which file is missing or changed.
        """
        return manifest.verify(self.folder(version), trusted_keys(self.keys))

    def promote(self, version: str, at: datetime, *, forced: str = "") -> None:
        """Let a version serve from now on; running services take it up with their next ticket.

        Args:
            version: Name of the version.
            at: Now.
            forced: Why it is promoted although the gate said no.

        Raises:
            ModelError: The version cannot be verified; nothing has changed then.
        """
        self._point_to(Promotion(version=version, at=at, forced=forced))

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
        while served and served[-1] != self.current_version():
            served.pop()  # written down by a promotion that was cut off before it took effect
        if len(served) < 2:
            raise NoModel("There is no earlier version to go back to.", hint="See `triage models list`.")
        self._point_to(Promotion(version=served[-2], at=at, rolled_back=True))
        return served[-2]

    def _point_to(self, promotion: Promotion) -> None:
        """Write the history first: whoever sees the new pointer finds the line that explains it."""
        self.load(promotion.version)
        with self._history.open("a", encoding="utf-8") as lines:
            lines.write(promotion.model_dump_json() + "\n")
            lines.flush()
            os.fsync(lines.fileno())
        handle, fresh = tempfile.mkstemp(dir=self.root, prefix=".current.")
        with os.fdopen(handle, "w", encoding="utf-8") as pointer:
            pointer.write(promotion.version + "\n")
            pointer.flush()
            os.fsync(pointer.fileno())
        Path(fresh).chmod(0o644)
        Path(fresh).replace(self._pointer)

    def metrics(self, version: str) -> dict[str, object]:
        """Return the metrics a version was trained with; empty if it has none."""
        path = self.folder(version) / "metrics.json"
        found: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return found
