"""What the service needs to be granted, and why: by the actions its playbooks start and its own reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from actions.catalogue import load
from actions.clients.bearer import includes
from actions.clients.graph.permissions import PERMISSIONS, least
from actions.contract import Action
from actions.vocabulary import Frozen, SecretKind
from triage.playbooks.load import load_playbooks
from triage.playbooks.model import LITERAL

PURPOSES: Final[Mapping[str, tuple[str, ...]]] = {
    "enrichment": (
        *("users.get", "users.manager", "users.last_sign_in", "users.of_department"),
        *("users.find_by_address", "users.find_by_employee_id"),
        *(
            "groups.get",
            "groups.named",
            "groups.of_user",
            "groups.owners",
            "groups.members",
            "groups.with_license",
            "licenses.of_user",
            "licenses.holders",
            "mailboxes.inbox_rules",
            "factors.of_user",
        ),
        *("licenses.skus", "roles.active", "roles.eligible"),
    ),
    "directory snapshot": (
        *("users.everyone", "groups.everything", "licenses.skus"),
        "devices.everything",
    ),
    "proofs that somebody asks": ("factors.of_user", "audits.of_object"),
    "changes outside, reconciliation": ("audits.since",),
    "mail": ("mail.send",),
}
"""What the service does in Graph besides its actions (`part.method` of `GraphClient`), by what for."""

WATCH: Final = "Application.Read.All"
"""Lets the service see when its own credentials end; wanted, not needed."""

ROTATE: Final = "Application.ReadWrite.OwnedBy"
"""Lets the service renew its own secret, and see its end; only for those who want that."""


class Need(Frozen):
    """A permission and who needs it: actions and purposes. Without an optional one all still works."""

    permission: str
    why: tuple[str, ...]
    optional: bool = False


ROTATION: Final = Need(permission=ROTATE, why=("renewal of our own secret",))
"""Only where our own identity renews the secret; the service principal must also own the registration."""


def enabled_actions() -> dict[str, Action[Any]]:
    """Return the actions that a playbook can start, by name."""
    started = {step.action for playbook in load_playbooks().values() for step in playbook.steps}
    return {name: action for name, action in load().items() if name in started}


def graph_needs() -> tuple[Need, ...]:
    """Return the fewest application permissions of Graph with which all works, each with its reasons."""
    wanted = _wanted()
    kept = _fewest(permission for held in wanted.values() for permission in held)
    needed = [
        Need(permission=one, why=tuple(who for who, held in wanted.items() if _asks(held, one)))
        for one in sorted(kept)
    ]
    watch = Need(permission=WATCH, why=("end of our own credentials",), optional=True)
    return (*needed, watch)


def missing(held: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return each permission that is needed and not held, with the actions and purposes that cannot work."""
    lacking: dict[str, tuple[str, ...]] = {}
    for who, wanted in _wanted().items():
        for permission in sorted(wanted):
            if not includes(held, permission):
                lacking[permission] = (*lacking.get(permission, ()), who)
    return lacking


def unused(held: frozenset[str]) -> tuple[str, ...]:
    """Return what is held and nothing here asks for."""
    exact = {PERMISSIONS[operation] for operations in PURPOSES.values() for operation in operations}
    asked = {one for wanted in _wanted().values() for one in wanted} | exact | {WATCH, ROTATE}
    return tuple(sorted(held - asked))


def needed_runbooks() -> dict[str, tuple[str, ...]]:
    """Return the runbooks that must be published, each with the actions that start it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, action in enabled_actions().items():
        if action.runbook:
            found[action.runbook] = (*found.get(action.runbook, ()), name)
    return found


def own_runbooks(folder: Path | None) -> dict[str, tuple[str, ...]]:
    """Return the runbooks that the site's own playbooks start, each with their labels.

    Raises:
        NotConfigured: a playbook is refused; the subject is file and line.
    """
    found: dict[str, tuple[str, ...]] = {}
    for label, playbook in load_playbooks(folder).items():
        for step in playbook.steps if playbook.own else ():
            name = step.params["runbook"].removeprefix(LITERAL)
            found[name] = (*found.get(name, ()), label)
    return found


def vault_users() -> tuple[str, ...]:
    """Return the actions whose runbook leaves a secret in Key Vault."""
    return tuple(name for name, one in enabled_actions().items() if one.secret is SecretKind.VAULT)


def _wanted() -> dict[str, frozenset[str]]:
    own = {purpose: least(*operations) for purpose, operations in PURPOSES.items()}
    return own | {name: action.permissions for name, action in enabled_actions().items()}


def _fewest(permissions: Iterable[str]) -> frozenset[str]:
    needed = frozenset(permissions)
    return frozenset(one for one in needed if not includes(needed - {one}, one))


def _asks(wanted: frozenset[str], permission: str) -> bool:
    """Whether somebody asks for this permission, or for the reading that it includes."""
    return any(includes(frozenset({permission}), one) for one in wanted)
