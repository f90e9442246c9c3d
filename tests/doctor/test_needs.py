"""What must be granted follows from what is done: no more, no less, each with who needs it."""

from __future__ import annotations

import uuid

import pytest

from actions.clients.bearer import includes
from actions.clients.graph.permissions import PERMISSIONS
from triage.doctor.app_roles import APP_ROLE_IDS, AZURE_ROLE_IDS
from triage.doctor.needs import (
    PURPOSES,
    ROTATE,
    WATCH,
    enabled_actions,
    graph_needs,
    missing,
    needed_runbooks,
    unused,
)
from triage.sandbox.registrations import SERVICE_GRAPH_ROLES

GRANTED = frozenset(one.permission for one in graph_needs())
NEEDED = frozenset(one.permission for one in graph_needs() if not one.optional)


def test_with_the_manifest_granted_nothing_is_missing_and_nothing_unused() -> None:
    assert (missing(GRANTED), unused(GRANTED)) == ({}, ())


def test_what_is_optional_is_not_missed() -> None:
    assert missing(NEEDED) == {}


@pytest.mark.parametrize("permission", sorted(NEEDED))
def test_no_permission_of_the_manifest_can_be_left_out(permission: str) -> None:
    lacking = missing(NEEDED - {permission})
    needing = {who for names in lacking.values() for who in names}
    assert needing == set(next(one.why for one in graph_needs() if one.permission == permission))
    assert needing


def test_each_enabled_action_finds_all_its_permissions_in_the_manifest() -> None:
    wanted = {one for action in enabled_actions().values() for one in action.permissions}
    assert {one for one in wanted if not includes(GRANTED, one)} == set()


def test_the_right_to_read_beside_the_right_to_write_is_not_called_unused() -> None:
    assert unused(GRANTED | {"LicenseAssignment.Read.All", ROTATE}) == ()


def test_a_broader_right_than_needed_is_called_unused() -> None:
    assert unused(GRANTED | {"Directory.ReadWrite.All"}) == ("Directory.ReadWrite.All",)


def test_every_operation_of_a_purpose_is_one_of_graph() -> None:
    assert {one for operations in PURPOSES.values() for one in operations} - set(PERMISSIONS) == set()


def test_every_permission_any_action_could_need_has_its_id() -> None:
    assert {*PERMISSIONS.values(), WATCH, ROTATE} - set(APP_ROLE_IDS) == set()


def test_ids_are_guids_and_no_two_are_alike() -> None:
    ids = [*APP_ROLE_IDS.values(), *AZURE_ROLE_IDS.values()]
    assert [str(uuid.UUID(one)) for one in ids] == ids
    assert len(set(ids)) == len(ids)


def test_runbooks_are_those_of_enabled_actions() -> None:
    assert set(needed_runbooks()) == {one.runbook for one in enabled_actions().values() if one.runbook}


def test_the_make_believe_company_grants_what_is_needed() -> None:
    """Whoever enables an action adds its permission there, or the demo could not run it."""
    assert missing(SERVICE_GRAPH_ROLES) == {}
