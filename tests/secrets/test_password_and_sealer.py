"""Making and sealing secrets, without a database."""

from __future__ import annotations

import re
import stat
import uuid
from pathlib import Path

import pytest
from pydantic import SecretStr

from triage.errors import Broken, NotConfigured
from triage.secrets.password import new_password
from triage.secrets.sealer import Sealer, load_sealer

RUN = uuid.UUID(int=7)
SECRET = SecretStr("canary-Passw0rd")


def test_every_password_has_four_kinds_of_characters_and_no_look_alikes() -> None:
    for _ in range(500):
        password = new_password().get_secret_value()
        assert len(password) == 19
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)
        assert any(c.isdigit() for c in password)
        assert not set(password) & set("0O1lI")


def test_passwords_differ() -> None:
    assert len({new_password().get_secret_value() for _ in range(100)}) == 100


def test_a_password_without_all_kinds_is_thrown_away() -> None:
    draws = iter("A" * 16 + "Aa2b" * 4)
    assert new_password(lambda _: next(draws)).get_secret_value() == "Aa2b-Aa2b-Aa2b-Aa2b"


def test_a_password_hides_in_representations() -> None:
    password = new_password()
    assert password.get_secret_value() not in repr(password)


def test_what_was_sealed_opens_with_the_same_key_and_run(tmp_path: Path) -> None:
    sealed = load_sealer(tmp_path).seal(SECRET, RUN)
    assert SECRET.get_secret_value().encode() not in sealed
    assert load_sealer(tmp_path).open(sealed, RUN) == SECRET


def test_a_secret_does_not_open_for_another_run(tmp_path: Path) -> None:
    sealer = load_sealer(tmp_path)
    with pytest.raises(Broken):
        sealer.open(sealer.seal(SECRET, RUN), uuid.UUID(int=8))


def test_a_secret_does_not_open_with_another_key(tmp_path: Path) -> None:
    sealed = load_sealer(tmp_path).seal(SECRET, RUN)
    with pytest.raises(Broken, match="cannot be opened"):
        Sealer(b"x" * 32).open(sealed, RUN)


def test_the_key_file_is_private(tmp_path: Path) -> None:
    load_sealer(tmp_path)
    assert stat.S_IMODE((tmp_path / "keys" / "seal.key").stat().st_mode) == 0o600


def test_a_cut_key_file_is_refused(tmp_path: Path) -> None:
    load_sealer(tmp_path)
    (tmp_path / "keys" / "seal.key").write_bytes(b"short")
    with pytest.raises(NotConfigured, match=r"seal\.key"):
        load_sealer(tmp_path)


def test_the_key_does_not_show(tmp_path: Path) -> None:
    sealer = load_sealer(tmp_path)
    assert repr(sealer) == "Sealer()"


def test_a_link_has_one_token_that_no_other_link_and_no_other_key_has() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    sealer = Sealer(bytes(32))
    token = sealer.token(one)

    assert sealer.token(one) == token
    assert re.fullmatch(r"[\w-]{43}", token.get_secret_value())
    assert token not in (sealer.token(other), Sealer(bytes(31) + b"1").token(one))
