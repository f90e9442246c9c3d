"""A registry with versions to promote, break and sign: copies of one small model."""

import json
import shutil
from pathlib import Path

from models.manifest import MANIFEST, SIGNATURE, sign
from models.registry import Registry
from models.signature import trust
from tests.training.small import KEY, small


def registry_of(data_dir: Path, *names: str) -> Registry:
    """Return a registry that trusts `KEY` and holds the small model under these names."""
    registry = Registry(data_dir)
    trust(registry.keys, KEY.public_key())
    saved = Registry(small().data_dir).folder(small().published.version)
    for name in names:
        folder = registry.folder(name)
        shutil.copytree(saved, folder, copy_function=shutil.copyfile)
        edit(folder / "facts.json", version=name)
        sign(folder, name, KEY)
    return registry


def edit(file: Path, **changes: object) -> None:
    """Change fields of a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def restate(folder: Path, **changes: object) -> None:
    """Change fields of a version's manifest and sign it, as another release would write it."""
    edit(folder / MANIFEST, **changes)
    (folder / SIGNATURE).write_bytes(KEY.sign((folder / MANIFEST).read_bytes()))
