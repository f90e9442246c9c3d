"""A site's permit counts only when two people signed exactly that rule, and never beats a prohibition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.policy.conftest import ask
from triage.cli import build
from triage.domain.decision import Verdict
from triage.errors import NotConfigured
from triage.policy.decide import Policy
from triage.policy.permits import FILE
from triage.signing import signing_key

PERMIT = """
@id("site.own_add_ons") @sentence("Staff of Sales order their own add-ons by themselves.")
permit (principal, action == Triage::Action::"AutoExecute", resource == Triage::Label::"license_assign")
when { context.relation.own && context.license.known && context.license.free > 0 };
"""
Site = Callable[[str], Path]


def sign(folder: Path, key: Path, by: str) -> None:
    arguments = ["policy", "permit", str(folder), "--key", str(key), "--by", by, "--yes"]
    result = CliRunner().invoke(build(arguments), arguments)
    assert result.exit_code == 0, result.output


def trusted(folder: Path, *keys: Path) -> Path:
    """The administrator's file of public keys."""
    file = folder / "trusted.pem"
    file.write_text("".join(signing_key(key, lost="").pem() for key in keys))
    return file


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "keys" / "kim", tmp_path / "keys" / "sam"


def test_a_permit_that_two_people_signed_counts_and_names_them(
    site: Site, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    folder = site(PERMIT)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    policy = Policy.load(folder, keys=trusted(tmp_path, *keys))
    assert policy.granted == {"site.own_add_ons": ("Kim", "Sam")}
    assert policy.version != Policy.load().version


def test_one_person_with_one_key_is_not_enough_even_under_two_names(
    site: Site, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    folder = site(PERMIT)
    sign(folder, keys[0], "Kim")
    sign(folder, keys[0], "Sam")
    with pytest.raises(NotConfigured, match="1 of 2"):
        Policy.load(folder, keys=trusted(tmp_path, *keys))


def test_a_key_that_is_no_longer_trusted_signed_nothing(
    site: Site, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    folder = site(PERMIT)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    with pytest.raises(NotConfigured, match="1 of 2"):
        Policy.load(folder, keys=trusted(tmp_path, keys[0]))
    with pytest.raises(NotConfigured, match="0 of 2"):
        Policy.load(folder)


@pytest.mark.parametrize(
    "change", [("free > 0", "free > -1"), ("context.relation.own &&", ""), ("Staff", "All staff")]
)
def test_a_rule_that_was_changed_after_signing_is_refused(
    site: Site, tmp_path: Path, keys: tuple[Path, Path], change: tuple[str, str]
) -> None:
    folder = site(PERMIT)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    site(PERMIT.replace(*change))
    with pytest.raises(NotConfigured, match="nobody signed"):
        Policy.load(folder, keys=trusted(tmp_path, *keys))


def test_a_name_beside_a_signature_cannot_be_exchanged(
    site: Site, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    folder = site(PERMIT)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    told = json.loads((folder / FILE).read_text())
    told["signatures"][0]["by"] = "The board"
    (folder / FILE).write_text(json.dumps(told))
    with pytest.raises(NotConfigured, match="1 of 2"):
        Policy.load(folder, keys=trusted(tmp_path, *keys))


@pytest.mark.parametrize("action", ["Offer", "Approve"])
def test_nobody_can_sign_that_something_is_offered_or_approved(
    site: Site, tmp_path: Path, keys: tuple[Path, Path], action: str
) -> None:
    rule = f'@id("site.x") @sentence("x") permit (principal, action == Triage::Action::"{action}", resource);'
    folder = site(rule)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    with pytest.raises(NotConfigured, match="AutoExecute and nothing else"):
        Policy.load(folder, keys=trusted(tmp_path, *keys))


def test_a_signed_permit_of_everything_opens_nothing_that_is_forbidden(
    site: Site, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    scope = 'principal, action == Triage::Action::"AutoExecute", resource'
    rule = f'@id("site.all") @sentence("All.") permit ({scope});'
    folder = site(rule)
    for key, name in zip(keys, ("Kim", "Sam"), strict=True):
        sign(folder, key, name)
    policy = Policy.load(folder, keys=trusted(tmp_path, *keys))
    admin = ask("password_reset", requester="admin", target="admin")
    assert policy.rule(admin).verdict in {Verdict.BLOCKED, Verdict.HANDOVER}
    assert policy.rule(ask("mfa_reset")).verdict is not Verdict.AUTO


def test_a_file_in_place_of_the_folder_is_told_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "rules.cedar"
    file.write_text("")
    with pytest.raises(NotConfigured, match="this is a file") as caught:
        Policy.load(file)
    assert "folder" in caught.value.hint
