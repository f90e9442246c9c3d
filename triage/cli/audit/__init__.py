"""`triage audit`: check, sign and export the chain, make old decisions again, erase contents."""

from __future__ import annotations

import typer

from triage.cli.audit import contents, exporting, verifying


def register(app: typer.Typer) -> None:
    """Add the `audit` group."""
    group = typer.Typer(no_args_is_help=True, help="Verify, sign and export the audit chain; erase contents.")
    group.command("verify")(verifying.verify_chain)
    group.command("export")(exporting.export_chain)
    group.command("sign")(verifying.sign_chain)
    group.command("key")(verifying.show_key)
    group.command("rotate-key")(verifying.rotate_key)
    group.command("erase")(contents.erase)
    group.command("hold")(contents.hold)
    group.command("release")(contents.release)
    app.add_typer(group, name="audit")
