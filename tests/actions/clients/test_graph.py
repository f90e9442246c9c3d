"""The Graph client on the make-believe tenant: what it asks, how it reads, and how it stays whole."""

from __future__ import annotations

import inspect

import pytest

from actions.clients.call import Answer, Call
from actions.clients.graph import GraphClient
from actions.clients.graph.applications import Applications
from actions.clients.graph.audits import Audits
from actions.clients.graph.calendars import Calendars
from actions.clients.graph.devices import Devices
from actions.clients.graph.factors import REMOVALS, Factors
from actions.clients.graph.groups import Groups
from actions.clients.graph.licenses import Licenses
from actions.clients.graph.mail import Mail
from actions.clients.graph.mailboxes import Mailboxes
from actions.clients.graph.passes import Passes
from actions.clients.graph.permissions import PERMISSIONS, least
from actions.clients.graph.roles import Roles
from actions.clients.graph.users import Users
from actions.clients.graph.values import User
from actions.errors import Forbidden, NotFound, OutsideError, Refused, Throttled, Unreachable
from tests.actions.stage import WORLD, Stage
from triage.sandbox.faults import Rule, arm

FREYA = "e8ff2d8e-736a-553f-9edf-2e19270add77"
DORA = "02bb35af-c5cb-5aa2-bd70-7e325b92989d"
VPN = "971ecb87-2c96-5d34-9f5c-16e4cc7f1ac8"
GUEST = next(one for one in WORLD["users"] if one["userType"] == "Guest")
ADMIN = next(one for one in WORLD["users"] if one["roles"])
ELIGIBLE = next(one for one in WORLD["users"] if one["eligibleRoles"])


def sent(stage: Stage) -> list[str]:
    return [f"{one.method} {one.url.path}" for one in stage.transport.sent if one.url.host == "graph.test"]


@pytest.fixture
def graph(stage: Stage) -> GraphClient:
    return stage.reading.graph


async def test_a_user_is_read_with_what_actions_need(graph: GraphClient) -> None:
    user = await graph.users.get("freya.ramos@harborline.example")
    assert (user.id, user.department, user.usage_location, user.synced) == (FREYA, "Finance", "DE", False)
    assert user.assigned_licenses
    assert user.last_password_change_date_time is not None


async def test_a_guest_with_a_hash_in_the_upn_is_found(graph: GraphClient) -> None:
    assert "#" in GUEST["userPrincipalName"]
    assert (await graph.users.get(GUEST["userPrincipalName"])).guest


@pytest.mark.parametrize("key", ["", "..", ".", "a/b", "a\\b"])
async def test_a_key_that_would_change_the_path_is_never_sent(
    graph: GraphClient, stage: Stage, key: str
) -> None:
    with pytest.raises(NotFound):
        await graph.users.get(key)
    assert sent(stage) == []


@pytest.mark.parametrize("key", ["x?$select=id", "nobody'@harborline.example", "$nobody'x"])
async def test_an_odd_key_is_only_ever_a_key(graph: GraphClient, key: str) -> None:
    with pytest.raises(NotFound):
        await graph.users.get(key)


async def test_people_are_found_by_mail_alias_and_employee_id(graph: GraphClient) -> None:
    assert [one.id for one in await graph.users.find_by_address("FREYA.RAMOS@harborline.example")] == [FREYA]
    assert [one.id for one in await graph.users.find_by_employee_id("H10001")] == [FREYA]
    assert await graph.users.find_by_address("x' or mail ne 'y") == ()


async def test_the_whole_directory_is_read_page_by_page(graph: GraphClient, stage: Stage) -> None:
    call = Call(method="GET", path="/users", params={"$select": "id", "$top": "50"})
    everyone = [one.id async for one in graph.users.everyone()]
    assert sorted(everyone) == sorted(one["id"] for one in WORLD["users"])
    assert len([one.id async for one in graph.groups.everything()]) == len(WORLD["groups"])
    assert len(everyone) > 50
    assert "@odata.nextLink" in (await graph.api.send(call)).object


async def test_nobody_above_is_no_error(graph: GraphClient) -> None:
    chief = next(one for one in WORLD["users"] if not one["manager"] and one["userType"] == "Member")
    assert await graph.users.manager(chief["id"]) is None
    manager = await graph.users.manager(DORA)
    assert manager is not None
    assert manager.id == FREYA


async def test_owners_and_members_are_people_only(graph: GraphClient) -> None:
    group = next(one for one in WORLD["groups"] if one["id"] == VPN)
    assert {one.id for one in await graph.groups.members(VPN)} == set(group["members"])
    assert {one.id for one in await graph.groups.owners(VPN)} == set(group["owners"])


async def test_all_of_a_person_is_read_in_one_round_trip(graph: GraphClient, stage: Stage) -> None:
    await graph.users.get(FREYA)
    stage.transport.sent.clear()
    person = await graph.person(DORA)
    assert sent(stage) == ["POST /v1.0/$batch"]
    assert isinstance(person.user, User)
    assert not isinstance(person.licenses, OutsideError)
    assert not isinstance(person.groups, OutsideError)
    assert {one.sku_part_number for one in person.licenses} >= {"SPE_E3", "POWER_BI_PRO"}
    assert "SG-All-Employees" in {one.display_name for one in person.groups}
    assert person.last_sign_in is not None
    assert (person.active_roles, person.eligible_roles) == ((), ())


async def test_roles_are_told_by_name_whether_active_or_eligible(graph: GraphClient) -> None:
    assert (await graph.person(ADMIN["id"])).active_roles == tuple(sorted(ADMIN["roles"]))
    assert (await graph.person(ELIGIBLE["id"])).eligible_roles == tuple(sorted(ELIGIBLE["eligibleRoles"]))


async def test_a_part_that_cannot_be_read_is_unknown_and_the_rest_is_known(stage: Stage) -> None:
    stage.grant(frozenset({"User.Read.All", "LicenseAssignment.Read.All", "RoleManagement.Read.Directory"}))
    person = await stage.reading.graph.person(DORA)
    assert isinstance(person.user, User)
    assert not isinstance(person.active_roles, OutsideError)
    assert isinstance(person.eligible_roles, Forbidden)
    assert isinstance(person.groups, Forbidden)
    assert isinstance(person.last_sign_in, Forbidden)


async def test_somebody_who_is_gone_is_not_found_in_any_part(graph: GraphClient) -> None:
    person = await graph.person("00000000-0000-4000-8000-000000000000")
    assert isinstance(person.user, NotFound)
    assert isinstance(person.groups, NotFound)


async def test_only_failed_parts_of_a_batch_are_sent_again(graph: GraphClient, stage: Stage) -> None:
    arm(stage.apps.faults, [Rule(app="graph", effect="answer", path="manager", status=503)])
    person = await graph.person(DORA)
    assert person.manager is not None
    assert not isinstance(person.manager, OutsideError)
    batches = [one for one in stage.transport.sent if one.url.path.endswith("$batch")]
    assert [one.content.count(b'"method"') for one in batches] == [7, 1]


async def test_a_throttled_part_is_told_and_closes_the_gate(graph: GraphClient, stage: Stage) -> None:
    rule = Rule(app="graph", effect="answer", path="manager", status=429, headers={"Retry-After": "60"})
    arm(stage.apps.faults, [rule])
    person = await graph.person(DORA)
    assert isinstance(person.manager, Throttled)
    assert isinstance(person.user, User)
    with pytest.raises(Throttled):
        await graph.users.get(FREYA)


async def test_a_batch_that_fails_as_a_whole_makes_every_part_unknown(
    graph: GraphClient, stage: Stage
) -> None:
    arm(stage.apps.faults, [Rule(app="graph", effect="drop_before", path="batch", times=None)])
    person = await graph.person(DORA)
    parts = (person.user, person.manager, person.groups, person.active_roles, person.eligible_roles)
    assert all(isinstance(part, Unreachable | Throttled) for part in parts)


async def test_more_than_twenty_reads_go_out_in_several_batches(graph: GraphClient, stage: Stage) -> None:
    calls = [Call(method="GET", path=f"/users/{one['id']}") for one in WORLD["users"][:45]]
    answers = await graph.batch(calls)
    assert [one.object["id"] for one in answers if isinstance(one, Answer)] == [
        one["id"] for one in WORLD["users"][:45]
    ]
    assert sent(stage).count("POST /v1.0/$batch") == 3


async def test_a_write_is_never_batched(graph: GraphClient) -> None:
    with pytest.raises(ValueError, match="GET"):
        await graph.batch([Call(method="PATCH", path="/users/1", json={})])


async def test_being_a_member_already_is_fine_and_a_real_refusal_is_not(stage: Stage) -> None:
    groups = stage.writing.graph.groups
    await groups.add_member(VPN, FREYA)
    await groups.add_member(VPN, FREYA)
    assert await groups.is_member(VPN, FREYA)
    synced = next(
        one for one in WORLD["groups"] if one["onPremisesSyncEnabled"] and FREYA not in one["members"]
    )
    with pytest.raises(Refused):
        await groups.add_member(synced["id"], FREYA)
    await groups.remove_member(VPN, FREYA)
    await groups.remove_member(VPN, FREYA)
    assert not await groups.is_member(VPN, FREYA)


async def test_a_mail_carries_its_marker(stage: Stage) -> None:
    sender = WORLD["users"][0]["userPrincipalName"]
    await stage.writing.graph.mail.send(sender, ["a@harborline.example"], "Hello", "Text", marker="op-1")
    mail = stage.apps.tenant.outbox[-1]
    assert (mail.to, mail.subject, mail.body) == (("a@harborline.example",), "Hello", "Text")
    assert mail.message["internetMessageHeaders"] == [{"name": "x-triage-operation", "value": "op-1"}]


def test_each_operation_tells_its_permission() -> None:
    parts = {"users": Users, "groups": Groups, "licenses": Licenses, "roles": Roles, "mail": Mail}
    parts |= {
        "applications": Applications,
        "audits": Audits,
        "devices": Devices,
        "passes": Passes,
        "mailboxes": Mailboxes,
        "calendars": Calendars,
        "factors": Factors,
    }
    operations = {
        f"{part}.{name}"
        for part, kind in parts.items()
        for name, member in vars(kind).items()
        if not name.startswith("_") and inspect.isfunction(member)
    }
    by_kind = operations - {"factors.remove"} | set(REMOVALS)  # one method, a permission for each kind
    assert by_kind == set(PERMISSIONS)


def test_the_right_to_write_includes_the_right_to_read() -> None:
    assert least("groups.get", "groups.add_member") == {"GroupMember.ReadWrite.All"}
    assert least("users.get", "groups.get") == {"User.Read.All", "GroupMember.Read.All"}
