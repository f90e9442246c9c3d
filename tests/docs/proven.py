"""The page of proofs: each operation our product uses, and the client of somebody else that did it."""

from __future__ import annotations

from tests.contract.proofs import EXCUSED, FOLDER, operations, proofs

HEAD = """# What other people's clients prove

The sandbox stands in for Entra, Graph, Azure and ServiceNow, so it is held to clients that were written for
the real ones. `make contract` runs them, unmodified and over HTTPS. Each operation our product uses is done
by one of them in the test named here; a new operation without such a test fails the suite.

| operation | client | test |
|---|---|---|
"""


def page() -> str:
    """Return the table of proofs, and what is excused with the reason."""
    files = {path.name: path.read_text("utf-8") for path in FOLDER.glob("test_*.py")}
    rows = []
    used = [proof for proof in proofs() if proof.operation in operations()]
    for proof in sorted(used, key=lambda one: (one.operation, one.test)):
        file = next(name for name, text in files.items() if f"def {proof.test}(" in text)
        rows.append(
            f"| `{proof.operation}` | {proof.client} | [`{proof.test}`](../../tests/contract/{file}) |"
        )
    excused = [f"| `{name}` | none | {reason} |" for name, reason in sorted(EXCUSED.items())]
    return HEAD + "\n".join([*rows, *excused]) + "\n"
