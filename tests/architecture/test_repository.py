"""The top level stays as it is, and what is declared twice says the same twice."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from tests.architecture.checkout import PACKAGES, ROOT, files, ignored_names

TOP = {*PACKAGES, "tests", "docs", "pyproject.toml", "README.md", "Makefile", "LICENSE", "CHANGELOG.md"}
BUILD_ONLY = {"hatchling"}


def requirement(line: str) -> str:
    """Return the name of a requirement with its extras, without bounds or comment."""
    return re.split(r"[><=~!#;\s]", line, maxsplit=1)[0]


def test_nothing_else_stands_at_the_top_level() -> None:
    here = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert here - ignored_names() == TOP


def test_the_dependencies_are_the_names_that_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / ".requirements" / "run.in").read_text(encoding="utf-8").splitlines()
    wanted = {requirement(line) for line in lines if requirement(line)}
    assert {requirement(line) for line in project["dependencies"]} == wanted - BUILD_ONLY


def test_the_stated_licence_is_the_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "Apache-2.0"
    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text)


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {path.relative_to(ROOT).as_posix() for name in PACKAGES for path in files(ROOT / name)}
    assert here - packed == set()
