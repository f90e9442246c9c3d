"""One version on disk: skops as source of truth, packed weights for serving, a signed manifest over all."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from models.errors import ModelError, WrongFormat
from models.fast import Weights
from models.manifest import ARRAYS, FACTS, HINT, MATRIX, PIPELINE, TERMS, Keys, sign, verify
from models.model import Facts, Model

# Serving opens the packed weights only: skops and scikit-learn, 130 MB of them, load when training saves.
if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def save(
    folder: Path,
    pipeline: "Pipeline",
    weights: Weights,
    facts: Facts,
    extras: Mapping[str, str],
    key: Ed25519PrivateKey,
) -> None:
    """Write a version; it takes its place whole and signed, or not at all, and its files are read-only.

    Args:
        folder: Where it goes; named like the version.
        pipeline: The fitted base pipeline.
        weights: Its packed form.
        facts: What serving needs beside the weights.
        extras: Further text files by name: report, metrics, card.
        key: Signs the manifest.

    Raises:
        ModelError: The version exists; a version is never changed.
    """
    if folder.exists():
        raise ModelError(f"Model {folder.name} exists and is never changed.", hint="Train once more.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    try:
        _write(beside, pipeline, weights, facts, extras)
        sign(beside, facts.version, key)
        for path in beside.iterdir():
            path.chmod(0o444)
        beside.chmod(0o755)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(
    folder: Path, pipeline: "Pipeline", weights: Weights, facts: Facts, extras: Mapping[str, str]
) -> None:
    import skops.io  # noqa: PLC0415

    skops.io.dump(pipeline, folder / PIPELINE)
    np.save(folder / MATRIX, weights.matrix)
    np.savez(folder / ARRAYS, idf=weights.idf, bias=weights.bias)
    blocks = {"words": weights.word_ids, "chars": weights.char_ids, "marks": weights.mark_ids}
    terms = {"rows": weights.rows, **{block: list(ids) for block, ids in blocks.items()}}
    (folder / TERMS).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
    (folder / FACTS).write_text(facts.model_dump_json(indent=1), encoding="utf-8")
    for name, text in extras.items():
        (folder / name).write_text(text, encoding="utf-8")


def load(folder: Path, trusted: Keys) -> Model:
    """Verify and open a version for serving; the weights stay on disk and are shared between processes.

    Raises:
        NoModel: There is no such version.
        Untrusted: Nobody whom this host trusts has signed it.
        Tampered: It is not what was saved.
        WrongFormat: It belongs to another format or another scikit-learn.
    """
    verify(folder, trusted)
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
        raise WrongFormat(f"Model {folder.name} cannot be read: {error}", hint=HINT) from error
    return Model(facts, weights)


def load_pipeline(folder: Path, trusted: Keys) -> "Pipeline":
    """Open the scikit-learn pipeline of a version, for people who want to look inside.

    Raises:
        NoModel: There is no such version.
        Untrusted: Nobody whom this host trusts has signed it.
        Tampered: It is not what was saved.
        WrongFormat: It belongs to another format or scikit-learn, or holds types that are not trusted.
    """
    import skops.io  # noqa: PLC0415

    verify(folder, trusted)
    try:
        pipeline: Any = skops.io.load(folder / PIPELINE, trusted=[])
    except skops.io.exceptions.UntrustedTypesFoundException as error:
        raise WrongFormat(f"Model {folder.name} holds types that are not trusted.", hint=HINT) from error
    return pipeline
