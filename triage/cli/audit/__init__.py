"""`triage audit`: check, sign and export the chain, make old decisions again, reconcile, erase contents."""

from __future__ import annotations

import typer

from triage.cli.audit import contents, exporting, reconciling, verifying


def register(app: typer.Typer) -> None:
    """Add the `audit` group."""
    group = typer.Typer(
        no_args_is_help=True, help="Verify, sign and export the audit chain; reconcile, erase."
    )
    group.command("verify")(verifying.verify_chain)
    group.command("export")(exporting.export_chain)
    group.command("sign")(verifying.sign_chain)
    group.command("key")(verifying.show_key)
    group.command("rotate-key")(verifying.rotate_key)
    group.command("reconcile")(reconciling.reconcile)
    group.command("erase")(contents.erase)
    group.command("hold")(contents.hold)
    group.command("release")(contents.release)
    app.add_typer(group, name="audit")
