"""Reads a site's own playbooks, and refuses with file and line what is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from actions.catalogue import load
from actions.catalogue.run_runbook import ACTION
from models.labels import LABELS
from triage.errors import NotConfigured
from triage.playbooks.model import LANGUAGES, LITERAL, OPTIONAL, Playbook, StepRule, Texts
from triage.playbooks.own import THAT_OF_THE_SERVER, OwnPlaybook, Place, problems

_LABEL: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HINT: Final = "docs/how-to/own-runbook.md says what a playbook of a site may hold."


def read_own(folder: Path) -> dict[str, Playbook]:
    """Return the site's own playbooks by label, the names of the files.

    Raises:
        NotConfigured: the folder is not there, or a file is no playbook; the subject is file and line.
    """
    if not folder.is_dir():
        raise _refused(str(folder), "the folder of the site's playbooks is not there")
    files = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    own = {file.stem: _playbook(file) for file in files}
    _refuse_shared_items(own, folder)
    return own


def _playbook(file: Path) -> Playbook:
    label = file.stem
    if not _LABEL.fullmatch(label) or len(label) > 40:
        raise _refused(str(file), f"{label!r} is no label; write it like clear_print_queue")
    if label in LABELS:
        raise _refused(
            str(file), f"{label} is a label of this release, with rules of its own; take another name"
        )
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(str(file), f"it cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise _refused(f"{file}{line}", f"it is no YAML: {getattr(error, 'problem', error)}") from error
    try:
        own = OwnPlaybook.model_validate(content)
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        place = tuple(str(part) for part in one["loc"])
        raise _refused(_at(file, node, place), f"{'.'.join(place)}: {one['msg']}") from error
    for place, wrong in problems(own, _shipped_runbooks()):
        raise _refused(_at(file, node, place), f"{'.'.join(place)}: {wrong}")
    return _built(label, own)


def _shipped_runbooks() -> frozenset[str]:
    return frozenset(action.runbook for action in load().values() if action.runbook)


def _built(label: str, own: OwnPlaybook) -> Playbook:
    """Return it in the form of the shipped ones; words that are not there in a language are English."""
    needed = {name for name, rule in own.parameters.items() if rule.required}
    step = StepRule(
        action=ACTION.name,
        route=ACTION.route,
        wait=own.wait,
        params={"runbook": f"{LITERAL}{own.runbook}", **_workers(own)},
        arguments={name: _origin(origin, needed) for name, origin in own.arguments.items()},
    )
    return Playbook(
        label=label,
        title=own.title,
        parameters=own.parameters,
        steps=(step,),
        done=_in_every_language(own.done),
        questions={name: _in_every_language(texts) for name, texts in own.questions.items()},
        flavour=own.flavour,
        approver=own.approver,
        approvals=own.approvals,
        duplicate_window=own.duplicate_window,
        catalog_items=own.catalog_items,
        tier=own.tier,
        impact=own.impact,
        own=True,
    )


def _workers(own: OwnPlaybook) -> dict[str, str]:
    if own.worker_group in {"", THAT_OF_THE_SERVER}:
        return {"worker_group": own.worker_group} if own.worker_group else {}
    return {"worker_group": f"{LITERAL}{own.worker_group}"}


def _origin(origin: str, needed: Collection[str]) -> str:
    fixed = origin.startswith(LITERAL) or origin.partition(".")[0] in needed
    return origin if fixed else f"{origin}{OPTIONAL}"


def _in_every_language(texts: Texts) -> Texts:
    return {language: texts.get(language, texts["en"]) for language in LANGUAGES}


def _refuse_shared_items(own: dict[str, Playbook], folder: Path) -> None:
    owner: dict[str, str] = {}
    for label, playbook in own.items():
        for item in playbook.catalog_items:
            other = owner.setdefault(item.casefold(), label)
            if other != label:
                file = folder / f"{label}.yaml"
                raise _refused(str(file), f"the catalogue item {item!r} asks for {other} already")


def _at(file: Path, node: yaml.Node | None, place: Place) -> str:
    """Return file and line of a place, or of the innermost part of it that is there."""
    line = 1
    for found in _down(node, place):
        line = found.start_mark.line + 1
    return f"{file}:{line}"


def _down(node: yaml.Node | None, place: Place) -> Iterator[yaml.Node]:
    for key in place:
        entries: list[Any] = node.value if isinstance(node, yaml.MappingNode) else []
        found = next((pair for pair in entries if pair[0].value == key), None)
        if found is None:
            return
        yield found[0]
        node = found[1]


def _refused(subject: str, cause: str) -> NotConfigured:
    return NotConfigured(f"A playbook of the site is refused: {cause}.", hint=_HINT, subject=subject)
