"""Which step of a playbook is taken follows from what was asked and from what is known now."""

from __future__ import annotations

import pytest

from actions.catalogue import load
from actions.vocabulary import Route
from triage.domain.facts import Facts, GroupFacts, MailboxFacts, PersonFacts
from triage.domain.request import Parameter, Request, Source
from triage.domain.ticket import Channel
from triage.playbooks.load import choose_steps, load_playbooks
from triage.playbooks.model import Step

USER = "e8ff2d8e-736a-553f-9edf-2e19270add77"
GROUP = "57b9f147-891f-54e1-ac6f-23f7e82172c4"
PLAYBOOKS = load_playbooks()


def given(value: str, *ids: str) -> Parameter:
    return Parameter(value=value, source=Source.FIELD, evidence="field", ids=ids)


def chosen(
    label: str,
    parameters: dict[str, Parameter],
    *,
    synced: bool = False,
    group: GroupFacts | None = None,
    mailbox: MailboxFacts | None = None,
) -> Step | None:
    request = Request(label=label, parameters={"user": given("a@b.example", USER), **parameters})
    target = PersonFacts(known=True, id=USER, synced=synced, enabled=True)
    facts = Facts(
        label=label,
        confidence=1,
        accepted=True,
        channel=Channel.SELF_SERVICE,
        target=target,
        group=group,
        mailbox=mailbox,
        access=parameters["access"].values[0] if "access" in parameters else "",
    )
    return next(iter(choose_steps(PLAYBOOKS[label], request, facts)), None)


OFFICE = {"attribute": given("officeLocation"), "value": given("Rotterdam")}


@pytest.mark.parametrize("label", PLAYBOOKS)
def test_every_step_starts_an_action_of_the_catalogue_with_its_parameters(label: str) -> None:
    for step in PLAYBOOKS[label].steps:
        action = load()[step.action]
        needed = {name for name, field in action.params.model_fields.items() if field.is_required()}
        assert action.route is step.route
        assert needed <= set(step.params) <= set(action.params.model_fields)


def test_an_office_of_a_cloud_account_is_changed() -> None:
    step = chosen("profile_update", OFFICE)
    assert step is not None
    assert step.params == {"user_id": USER, "attribute": "officeLocation", "value": "Rotterdam"}


def test_a_synced_profile_is_changed_in_active_directory() -> None:
    step = chosen("profile_update", OFFICE, synced=True)
    assert step is not None
    assert (step.action, step.route) == ("update_ad_profile", Route.ONPREM)


@pytest.mark.parametrize(("synced", "action"), [(False, "set_manager"), (True, "set_ad_manager")])
def test_a_manager_is_set_by_id_where_the_account_is_mastered(synced: bool, action: str) -> None:
    asked = {"attribute": given("manager"), "value": given("b@b.example", GROUP)}
    step = chosen("profile_update", asked, synced=synced)
    assert step is not None
    assert (step.action, step.params) == (action, {"user_id": USER, "manager_id": GROUP})


@pytest.mark.parametrize("attribute", ["manager", "businessPhones"])
def test_what_no_action_knows_or_nobody_identified_is_changed_by_people(attribute: str) -> None:
    assert chosen("profile_update", {**OFFICE, "attribute": given(attribute)}) is None


def test_a_change_that_has_to_wait_for_a_day_is_not_made_at_once() -> None:
    step = chosen("profile_update", {**OFFICE, "start": given("2026-12-01")})
    assert step is not None
    assert step.not_before is not None


def test_a_day_that_is_not_clear_is_not_taken_for_today() -> None:
    request = Request(
        label="profile_update",
        parameters={"user": given("a@b.example", USER), **OFFICE},
        ambiguous={"start": ("2026-12-01", "2026-01-12")},
    )
    target = PersonFacts(known=True, id=USER, enabled=True)
    facts = Facts(label="profile_update", confidence=1, accepted=True, channel=Channel.EMAIL, target=target)
    assert choose_steps(PLAYBOOKS["profile_update"], request, facts) == ()


@pytest.mark.parametrize(("label", "verb"), [("group_add_member", "add"), ("group_remove_member", "remove")])
@pytest.mark.parametrize(
    ("group", "synced", "taken"),
    [
        (GroupFacts(known=True, id=GROUP, kind="microsoft365"), False, "group_member"),
        (GroupFacts(known=True, id=GROUP, kind="distribution"), True, "distribution_member"),
        (GroupFacts(known=True, id=GROUP, kind="mailsecurity"), False, "distribution_member"),
        (GroupFacts(known=True, id=GROUP, kind="security", synced=True), True, "ad_group_member"),
        (GroupFacts(known=True, id=GROUP, kind="security", synced=True), False, ""),
        (GroupFacts(known=False, id=GROUP), False, ""),
    ],
    ids=["cloud", "distribution", "mail-enabled", "synced", "synced, person in the cloud", "unknown"],
)
def test_a_group_is_changed_where_it_is_mastered(
    label: str, verb: str, group: GroupFacts, synced: bool, taken: str
) -> None:
    step = chosen(label, {"group": given("Sales", GROUP)}, group=group, synced=synced)
    assert (step.action if step else "") == (f"{verb}_{taken}" if taken else "")


def on_mailbox(label: str, facts: MailboxFacts | None, permission: Parameter | None) -> Step | None:
    asked = {"mailbox": given("info@b.example"), "trustee": given("a@b.example", USER)}
    asked |= {"permission": permission} if permission else {}
    return chosen(label, asked, mailbox=facts)


@pytest.mark.parametrize(
    ("location", "action", "route"),
    [
        ("cloud", "grant_mailbox_permission", Route.CLOUD),
        ("onprem", "grant_onprem_mailbox_permission", Route.ONPREM),
    ],
)
def test_access_is_given_where_the_mailbox_lives(location: str, action: str, route: Route) -> None:
    both = Parameter(value=("FullAccess", "SendAs"), source=Source.TEXT)
    facts = MailboxFacts(known=True, address="info@b.example", location=location)
    step = on_mailbox("mailbox_permission_grant", facts, both)
    assert step is not None
    assert (step.action, step.route, step.params["permissions"]) == (action, route, "FullAccess,SendAs")


def test_nobody_is_let_into_a_mailbox_whose_place_is_not_known() -> None:
    assert on_mailbox("mailbox_permission_grant", None, given("SendAs")) is None


def test_access_is_taken_as_a_whole_where_nobody_said_which() -> None:
    facts = MailboxFacts(known=True, address="info@b.example", location="cloud")
    step = on_mailbox("mailbox_permission_revoke", facts, None)
    assert step is not None
    assert step.params["permissions"] == "FullAccess,SendAs,SendOnBehalf"
    assert "FullAccess,SendAs,SendOnBehalf" not in step.about


@pytest.mark.parametrize("known", [True, False])
def test_a_share_is_opened_through_a_group_that_is_known(known: bool) -> None:
    share = {"share": given("\\\\FS\\Sales"), "access": given("read")}
    group = GroupFacts(known=known, id=GROUP, name="SG-FS-Sales-RO", kind="security")
    step = chosen("file_share_access", share, group=group)
    assert (step.params if step else None) == ({"group_id": GROUP, "user_id": USER} if known else None)


def replies(**more: Parameter) -> dict[str, Parameter]:
    return {"state": given("enabled"), **more}


def test_what_an_action_can_do_without_is_passed_on_only_when_it_was_given() -> None:
    bare, dated = (
        chosen("automatic_replies", replies()),
        chosen("automatic_replies", replies(end=given("2026-12-11"))),
    )
    assert bare is not None
    assert bare.params == {"user_id": USER, "state": "enabled"}
    assert dated is not None
    assert dated.params == {**bare.params, "end": "2026-12-11"}


def test_an_optional_value_that_means_two_things_is_not_left_out() -> None:
    two = Parameter(value=("2026-12-11", "2026-12-18"), source=Source.TEXT)
    assert chosen("automatic_replies", replies(end=two)) is None
