"""`triage models keys`: the key that signs what is trained here, and those whose versions may serve here."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.manifest import signed_by
from models.registry import Registry
from models.signature import distrust, key_id, private_key, read_public_key, trust, trusted_keys
from triage.cli.console import JsonTarget, add_row, emit_json, report, summary, table
from triage.keyfile import key_file
from triage.settings import load_settings

KeyFile = Annotated[
    Path, typer.Argument(metavar="FILE.pub", exists=True, dir_okay=False, help="Public key in PEM.")
]
Name = Annotated[str, typer.Argument(metavar="KEY", help="Name of a key (`triage models keys list`).")]
Force = Annotated[bool, typer.Option("--force", help="Although the version that serves is signed by it.")]

keys = typer.Typer(no_args_is_help=True, help="Who may sign the versions that serve here.")


def signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key that signs what is trained here; the first call makes it and trusts it on this host.

    Raises:
        NotConfigured: The file holds no key.
    """
    path = _signing_file(data_dir)
    fresh = not path.exists()
    seed = key_file(path, lost="Restore it from the backup, or `triage models keys rotate`.")
    key = private_key(seed)
    if fresh:
        trust(Registry(data_dir).keys, key.public_key())
    return key


@keys.command("list")
def list_keys(json_to: JsonTarget = None) -> None:
    """Show the trusted keys, and which of them signs here."""
    data_dir = load_settings().data_dir
    registry, own = Registry(data_dir), _own(data_dir)
    trusted = trusted_keys(registry.keys)
    rows = [
        {
            "key": name,
            "signs": name == own,
            "trusted": name in trusted,
            "versions": len(_signed_by(registry, name)),
            "file": str(registry.keys / f"{name}.pub") if name in trusted else None,
        }
        for name in sorted({*trusted, *([own] if own else [])})
    ]
    drawn = table("Keys", "key", "signs here", "trusted", "#versions", "file")
    for row in rows:
        told = ("yes" if row["signs"] else "", "yes" if row["trusted"] else "no")
        add_row(drawn, row["key"], *told, row["versions"], row["file"])
    report(json_to).print(drawn)
    emit_json(rows, json_to)


@keys.command("trust")
def trust_key(file: KeyFile) -> None:
    """Let versions signed by another host's key serve here."""
    key = read_public_key(file)
    trust(Registry(load_settings().data_dir).keys, key)
    summary(f"Versions signed by {key_id(key)} may serve here.")


@keys.command("distrust")
def distrust_key(name: Name, *, force: Force = False) -> None:
    """Refuse all versions signed by a key; exit 1 when one of them serves."""
    data_dir = load_settings().data_dir
    registry = Registry(data_dir)
    serving = registry.current_version()
    if serving in _signed_by(registry, name) and not force:
        report().print(f"{serving}, which serves, is signed by {name}. Promote another version first.")
        summary(f"{name} stays trusted.", ok=False)
        raise typer.Exit(1)
    distrust(registry.keys, name)
    if name == _own(data_dir):
        report().print("This host signs with it: `triage models keys rotate` before the next training.")
    summary(f"Versions signed by {name} are refused from now on.")


@keys.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on; versions of the old one stay valid until it is distrusted."""
    data_dir = load_settings().data_dir
    path = _signing_file(data_dir)
    path.unlink(missing_ok=True)
    summary(f"{key_id(signing_key(data_dir).public_key())} signs from now on.")


def _signing_file(data_dir: Path) -> Path:
    return data_dir / "keys" / "signing.key"


def _own(data_dir: Path) -> str | None:
    """Return the name of the key that signs here; None if there is none yet."""
    return key_id(signing_key(data_dir).public_key()) if _signing_file(data_dir).exists() else None


def _signed_by(registry: Registry, name: str) -> list[str]:
    """Return the versions that say they are signed by a key."""
    return [version for version in registry.versions() if signed_by(registry.folder(version)) == name]
