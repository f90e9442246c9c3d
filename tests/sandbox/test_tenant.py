"""What the shared state promises: the world untouched, no secret in the log, one AD name a person."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from triage.sandbox import passwords
from triage.sandbox.apps import Apps, apps
from triage.sandbox.records import Json
from triage.sandbox.tenant import as_read, consumed_seats, hide_writes_until, opens_account, user_by_key


def test_founding_and_using_a_company_leaves_the_world_as_it_was(world: Json, company: Apps) -> None:
    before = copy.deepcopy(world)
    for user in company.tenant.users.values():
        user["displayName"] = "changed"
    for group in company.tenant.groups.values():
        group.members.clear()
    assert world == before


def test_two_foundings_at_one_time_are_alike(world: Json, company: Apps) -> None:
    twin = apps(world, company.tenant.clock).tenant
    assert twin.users == company.tenant.users
    assert twin.ad == company.tenant.ad
    assert twin.apps == company.tenant.apps


def test_no_two_people_share_an_ad_name_and_synced_people_keep_theirs(world: Json, company: Apps) -> None:
    names = [u["onPremisesSamAccountName"] for u in company.tenant.users.values()]
    assert max(Counter(name.lower() for name in names if name).values()) == 1
    for entry in world["users"]:
        clash = [
            u for u in world["users"] if u["onPremisesSamAccountName"] == entry["onPremisesSamAccountName"]
        ]
        if entry["onPremisesSyncEnabled"] and sum(bool(u["onPremisesSyncEnabled"]) for u in clash) == 1:
            shown = company.tenant.users[entry["id"]]["onPremisesSamAccountName"]
            assert shown == entry["onPremisesSamAccountName"]


def test_seats_taken_are_those_of_the_world(world: Json, company: Apps) -> None:
    for licence in world["licenses"]:
        assert consumed_seats(company.tenant, licence["skuId"]) == licence["consumed"]


@pytest.mark.parametrize("key", ["id", "userPrincipalName"])
def test_a_person_is_found_in_any_letter_case(company: Apps, person: Callable[..., Json], key: str) -> None:
    user = person()
    assert user_by_key(company.tenant, user[key].upper()) is user


def test_a_company_without_servers_still_has_a_worker(world: Json, clock: Any) -> None:
    assert apps(world | {"servers": []}, clock).tenant.workers


def test_a_domain_admin_is_protected_in_the_directory(company: Apps, world: Json) -> None:
    admins = next(g for g in world["groups"] if g["displayName"] == "SG-Domain-Admins-Sync")
    accounts = [a for a in company.tenant.ad.values() if a.user_id in admins["members"]]
    assert accounts
    assert all(account.protected for account in accounts)


def test_readers_see_the_past_while_writes_are_hidden(
    company: Apps, person: Callable[..., Json], clock: Any
) -> None:
    tenant, user = company.tenant, person()
    hide_writes_until(tenant, clock() + timedelta(seconds=10))
    user["jobTitle"] = "Astronaut"
    assert as_read(tenant).users[user["id"]]["jobTitle"] != "Astronaut"
    clock.forward(10)
    assert as_read(tenant).users[user["id"]]["jobTitle"] == "Astronaut"


def test_a_second_hidden_write_does_not_uncover_the_first(
    company: Apps, person: Callable[..., Json], clock: Any
) -> None:
    tenant, user = company.tenant, person()
    hide_writes_until(tenant, clock() + timedelta(seconds=10))
    user["jobTitle"] = "Astronaut"
    clock.forward(5)
    hide_writes_until(tenant, clock() + timedelta(seconds=10))
    clock.forward(6)
    assert as_read(tenant).users[user["id"]]["jobTitle"] != "Astronaut"
    clock.forward(4)
    assert as_read(tenant).users[user["id"]]["jobTitle"] == "Astronaut"


def test_only_the_password_that_was_set_opens_an_account(company: Apps, person: Callable[..., Json]) -> None:
    user = person()
    assert not opens_account(company.tenant, user["id"], "")
    company.tenant.passwords[user["id"]] = passwords.hashed("Correct-Horse-9")
    assert opens_account(company.tenant, user["id"], "Correct-Horse-9")
    assert not opens_account(company.tenant, user["id"], "correct-horse-9")


@pytest.mark.parametrize(
    "password",
    ["Sh0rt!", "alllowercaseletters", "ALLUPPER123456", "x" * 257 + "A1", "Ramos-Freya-42"],
)
def test_a_weak_password_is_named_weak(password: str) -> None:
    assert passwords.weakness(password, "Freya", "Ramos")


def test_a_generated_password_is_strong_and_never_the_same() -> None:
    made = {passwords.generated() for _ in range(50)}
    assert len(made) == 50
    assert not any(passwords.weakness(password) for password in made)
