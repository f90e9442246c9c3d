"""A certificate authority of this sandbox alone, made at start: clients trust its file, browsers need not."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Authority:
    """A fresh authority: `ca_file` (PEM) is what clients trust; `server` speaks TLS as 127.0.0.1."""

    ca_file: Path
    server: ssl.SSLContext


def new_authority(data_dir: Path) -> Authority:
    """Make an authority and one server certificate; only the public CA certificate is written to disk.

    The file is `data_dir/sandbox-ca.pem`; it is replaced at every start, the private keys live in memory.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    ca = trustme.CA(organization_name="Ticket triage sandbox")
    ca_file = data_dir / "sandbox-ca.pem"
    ca.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*NAMES).configure_cert(context)
    return Authority(ca_file, context)
