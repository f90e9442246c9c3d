"""What our app registration proves itself with, best first: no secret at all, then files, then a setting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

Credential = str | dict[str, Any]
"""What MSAL takes: a secret, or a dict for a certificate or a federated assertion (entra-auth.md 4)."""

_PRIVATE = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)
_PUBLIC = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class UnusableCredentialError(Exception):
    """A file holds no credential; the message names file and cause."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What there is to prove who we are; the first that is given counts (entra-auth.md section 4).

    Attributes:
        federated_token_file: a token of an issuer Entra was told to trust; Kubernetes renews the file.
        certificate_file: PEM, private key and certificate.
        secret_file: the client secret; read again when it is refused.
        secret: the client secret itself.
    """

    federated_token_file: Path | None = None
    certificate_file: Path | None = None
    secret_file: Path | None = None
    secret: SecretStr | None = field(default=None, repr=False)

    def credential(self) -> Callable[[], Credential] | None:
        """Return how the credential is read when it is needed; `None` where there is none."""
        if self.federated_token_file is not None:
            return federated(self.federated_token_file)
        if self.certificate_file is not None:
            return certificate(self.certificate_file)
        if self.secret_file is not None:
            return secret_in(self.secret_file)
        if self.secret is not None and self.secret.get_secret_value():
            return secret(self.secret)
        return None


def secret(value: SecretStr) -> Callable[[], Credential]:
    """Return a client secret as a credential that is unwrapped only when it is used."""
    return value.get_secret_value


def secret_in(path: Path) -> Callable[[], Credential]:
    """Return the client secret in a file, which is read each time an application is built."""
    return lambda: _read(path)


def federated(path: Path) -> Callable[[], Credential]:
    """Return a federated assertion; the file is read for each token, since its token is short-lived."""
    return lambda: {"client_assertion": lambda: _read(path)}


def certificate(path: Path) -> Callable[[], Credential]:
    """Return a certificate with its private key, both PEM in one file."""

    def read() -> Credential:
        text = _read(path)
        key, chain = _PRIVATE.search(text), _PUBLIC.findall(text)
        if key is None or not chain:
            raise _unusable(path, "it holds no private key with its certificate")
        return {"private_key": key[0], "public_certificate": "\n".join(chain)}

    return read


def _read(path: Path) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, type(error).__name__) from None
    if not text:
        raise _unusable(path, "it is empty")
    return text


def _unusable(path: Path, cause: str) -> UnusableCredentialError:
    return UnusableCredentialError(f"it cannot be read from {path}: {cause}")
