"""`triage policy key` and `permit`: the signatures without which a site's rules may only forbid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.console import JsonTarget, add_row, emit_json, report, summary, table
from triage.errors import BadInput
from triage.policy.permits import FILE, PEOPLE, Permits, permits_of, read_permits, with_signature
from triage.policy.texts import read
from triage.signing import SigningKey, signing_key

_LOST = "This key cannot sign any more: make another one, and put its public half into TRIAGE_POLICY_KEYS."


def key(
    file: Annotated[Path, typer.Argument(help="The private key; made if it is not there (mode 0600).")],
) -> None:
    """Print the public half of a signing key as PEM; without the file, make a key first.

    An administrator adds it to the file that TRIAGE_POLICY_KEYS names. To rotate, add the new key, sign anew,
    and take the old one out: what only it signed is refused from then on.
    """
    typer.echo(_key(file).pem(), nl=False)


def permit(
    folder: Annotated[Path, typer.Argument(help="The site's folder of rules.")],
    *,
    signing: Annotated[Path, typer.Option("--key", help="Your private key, of `triage policy key`.")],
    by: Annotated[str, typer.Option(help="Your name, as it is shown beside the rule.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; what is shown is signed.")] = False,
    json: JsonTarget = None,
) -> None:
    """Sign every rule of the folder that lets something run by itself; two people with trusted keys have to.

    Only exactly these rules are signed: when one is changed, or another permits, both sign anew. No permit
    beats a prohibition.
    """
    clauses = [clause for clause in read(folder).added if clause.permits]
    if not clauses:
        raise BadInput(
            "no rule in it permits anything", hint="Nothing has to be signed.", subject=str(folder)
        )
    drawn = table("To be signed", "rule", "sentence", "place")
    for clause in clauses:
        add_row(drawn, clause.id, clause.sentence, clause.place)
    report(json).print(drawn)
    if not yes:
        typer.confirm("Sign them?", abort=True)
    signed = with_signature(_so_far(folder, permits_of(clauses)), _key(signing), by)
    (folder / FILE).write_text(signed.model_dump_json(indent=2) + "\n", encoding="utf-8")
    emit_json(signed, json)
    given = len({one.key for one in signed.signatures})
    summary(f"{len(clauses)} rules signed by {by}; {given} of {PEOPLE} signatures", target=json)


def _so_far(folder: Path, wanted: Permits) -> Permits:
    """Keep the signatures that were given to exactly the same rules."""
    file = folder / FILE
    if not file.is_file():
        return wanted
    before = read_permits(file.read_text("utf-8"), str(file))
    return before if before.rules == wanted.rules else wanted


def _key(file: Path) -> SigningKey:
    return signing_key(file, lost=_LOST)
