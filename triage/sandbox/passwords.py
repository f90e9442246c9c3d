"""Passwords of the make-believe tenant: kept as salted hashes, compared, judged for strength, never shown."""

import hashlib
import hmac
import secrets
import string

from triage.sandbox.records import PasswordHash

# Small on purpose: a hundred resets in a test must not take seconds; nothing real hides behind these hashes.
_COST = {"n": 2**10, "r": 8, "p": 1}
MIN_LENGTH = 8
MAX_LENGTH = 256


def hashed(password: str) -> PasswordHash:
    """Return a salted hash of the password; two calls give two hashes."""
    salt = secrets.token_bytes(16)
    return PasswordHash(salt, _digest(password, salt))


def opens(kept: PasswordHash | None, password: str) -> bool:
    """Tell whether the password is the one that was kept; without a kept one nothing opens."""
    return kept is not None and hmac.compare_digest(kept.digest, _digest(password, kept.salt))


def weakness(password: str, *names: str) -> str | None:
    """Return why Entra's and AD's complexity rule refuses the password, or None when it is strong enough.

    The rule: 8 to 256 characters of three of four kinds, and none of the person's `names` inside.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"the password must have {MIN_LENGTH} to {MAX_LENGTH} characters"
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: c in string.punctuation)
    if sum(any(kind(c) for c in password) for kind in kinds) < 3:
        return "the password must mix three of lower case, upper case, digits and symbols"
    if any(len(name) >= 3 and name.lower() in password.lower() for name in names):
        return "the password must not contain the user's name"
    return None


def generated() -> str:
    """Return a fresh random password of 20 characters with all four kinds, as a hybrid worker makes one."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(16)) + secrets.choice("!#%+") + "aZ7"


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST)
