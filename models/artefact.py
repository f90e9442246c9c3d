"""One version on disk: skops as source of truth, packed weights for serving, a manifest over every file."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from models.errors import NoModel, Tampered, WrongFormat
from models.fast import Weights
from models.model import Facts, Model

# Serving opens the packed weights only: skops and scikit-learn, 130 MB of them, load when training saves.
if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_SKLEARN: Final = version("scikit-learn")

FORMAT: Final = 1
"""Raised when files or their meaning change; an older reader refuses a newer artefact."""

MANIFEST: Final = "manifest.json"
PIPELINE, MATRIX, ARRAYS, TERMS, FACTS = (
    "model.skops",
    "weights.npy",
    "arrays.npz",
    "terms.json",
    "facts.json",
)
NEEDED: Final = (PIPELINE, MATRIX, ARRAYS, TERMS, FACTS)
_HINT: Final = (
    "Run `triage models verify`; promote another version or train again (`triage train --promote`)."
)


class Manifest(BaseModel):
    """What belongs to a version: the format, the library it was fitted with, SHA-256 of every file."""

    model_config = ConfigDict(frozen=True)

    format: int
    version: str
    sklearn: str
    files: Mapping[str, str]


def save(
    folder: Path, pipeline: "Pipeline", weights: Weights, facts: Facts, extras: Mapping[str, str]
) -> None:
    """Write a version into the new folder `folder`; the manifest comes last and makes it whole.

    Args:
        folder: Must not exist.
        pipeline: The fitted base pipeline.
        weights: Its packed form.
        facts: What serving needs beside the weights.
        extras: Further text files by name: report, metrics, card.
    """
    import skops.io  # noqa: PLC0415

    folder.mkdir(parents=True)
    skops.io.dump(pipeline, folder / PIPELINE)
    np.save(folder / MATRIX, weights.matrix)
    np.savez(folder / ARRAYS, idf=weights.idf, bias=weights.bias)
    blocks = {"words": weights.word_ids, "chars": weights.char_ids, "marks": weights.mark_ids}
    terms = {"rows": weights.rows, **{block: list(ids) for block, ids in blocks.items()}}
    (folder / TERMS).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
    (folder / FACTS).write_text(facts.model_dump_json(indent=1), encoding="utf-8")
    for name, text in extras.items():
        (folder / name).write_text(text, encoding="utf-8")
    files = {path.name: digest(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(format=FORMAT, version=facts.version, sklearn=_SKLEARN, files=files)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def verify(folder: Path) -> Manifest:
    """Check every file of a version against its manifest before anything in it is opened.

    Raises:
        NoModel: There is no such version.
        Tampered: A file is missing, changed or not listed, or the manifest cannot be read.
        WrongFormat: The artefact is of another format or another scikit-learn.
    """
    manifest = _manifest(folder)
    if manifest.format != FORMAT:
        raise WrongFormat(
            f"Model {folder.name} has format {manifest.format}; this service reads format {FORMAT}.",
            hint="Use the release that wrote it, or train again (`triage train --promote`).",
        )
    if manifest.sklearn.split(".")[:2] != _SKLEARN.split(".")[:2]:
        raise WrongFormat(
            f"Model {folder.name} belongs to scikit-learn {manifest.sklearn}; here is {_SKLEARN}.",
            hint="Install that release, or train again (`triage train --promote`).",
        )
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    for name in sorted(set(manifest.files) | set(NEEDED) | present):
        if name not in present:
            raise Tampered(f"Model {folder.name}: {name} is missing.", hint=_HINT)
        if manifest.files.get(name) != digest(folder / name):
            raise Tampered(f"Model {folder.name}: {name} is not the file that was saved.", hint=_HINT)
    return manifest


def load(folder: Path) -> Model:
    """Verify and open a version for serving; the weights stay on disk and are shared between processes.

    Raises:
        NoModel: There is no such version.
        Tampered: It is not what was saved.
        WrongFormat: It belongs to another format or another scikit-learn.
    """
    verify(folder)
    try:
        facts = Facts.model_validate_json((folder / FACTS).read_bytes())
        terms = json.loads((folder / TERMS).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS) as arrays:
            first_char = len(terms["words"])
            first_mark = first_char + len(terms["chars"])
            weights = Weights(
                word_ids={term: place for place, term in enumerate(terms["words"])},
                char_ids={term: place for place, term in enumerate(terms["chars"], first_char)},
                mark_ids={term: place for place, term in enumerate(terms["marks"], first_mark)},
                idf=arrays["idf"],
                matrix=np.asarray(np.load(folder / MATRIX, mmap_mode="r")),
                bias=arrays["bias"],
                rows=int(terms["rows"]),
            )
    except (ValueError, KeyError, ValidationError) as error:
        raise WrongFormat(f"Model {folder.name} cannot be read: {error}", hint=_HINT) from error
    return Model(facts, weights)


def load_pipeline(folder: Path) -> "Pipeline":
    """Open the scikit-learn pipeline of a version, for people who want to look inside.

    Raises:
        NoModel: There is no such version.
        Tampered: It is not what was saved.
        WrongFormat: It belongs to another format or scikit-learn, or holds types that are not trusted.
    """
    import skops.io  # noqa: PLC0415

    verify(folder)
    try:
        pipeline: Any = skops.io.load(folder / PIPELINE, trusted=[])
    except skops.io.exceptions.UntrustedTypesFoundException as error:
        raise WrongFormat(f"Model {folder.name} holds types that are not trusted.", hint=_HINT) from error
    return pipeline


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _manifest(folder: Path) -> Manifest:
    if not folder.is_dir():
        raise NoModel(f"There is no model {folder.name}.", hint="See `triage models list`.")
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise Tampered(f"Model {folder.name} has no readable manifest.", hint=_HINT) from error
