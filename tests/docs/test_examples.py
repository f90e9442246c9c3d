"""What the documents show as an example works as it is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.checkout import ROOT
from tests.docs.settings import variables
from triage.domain.site import Site
from triage.playbooks.load import load_playbooks
from triage.policy.decide import Policy
from triage.sandbox.own import FOLDER as OWN
from triage.settings import Settings, load_settings

HOW_TO = ROOT / "docs" / "how-to"


def example(page: str, language: str) -> str:
    """Return the only block of this language on a how-to page."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(block)


def names(table: dict[str, Any], prefix: str) -> Iterator[str]:
    """Yield the environment variables that say what a table of `triage.toml` says."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from names(value, f"{prefix}{key.upper()}__")
        else:
            yield prefix + key.upper()


def test_the_site_rules_shown_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "site.cedar").write_text(example("tighten-the-policy.md", "cedar"), encoding="utf-8")
    assert Policy.load(tmp_path).version != Policy.load().version


def test_the_site_file_shown_is_one() -> None:
    site = Site.model_validate(yaml.safe_load(example("connect-a-tenant.md", "yaml")))
    assert site.is_service_account("adm-backup@example.com")


def test_the_playbook_shown_is_the_one_of_the_make_believe_company(tmp_path: Path) -> None:
    (tmp_path / "clear_print_queue.yaml").write_text(example("own-runbook.md", "yaml"), encoding="utf-8")
    assert load_playbooks(tmp_path) == load_playbooks(OWN)


def test_the_settings_shown_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = example("connect-a-tenant.md", "toml")
    (tmp_path / "triage.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings().web.public_url == "https://triage.example.com"
    assert set(names(tomllib.loads(text), "TRIAGE_")) <= {name for name, _ in variables(Settings, "TRIAGE_")}
