"""Which step of a playbook is taken follows from what was asked and from what is known now."""

from __future__ import annotations

import pytest

from actions.catalogue import load
from triage.domain.facts import Facts, GroupFacts, PersonFacts
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
    label: str, parameters: dict[str, Parameter], *, synced: bool = False, group: GroupFacts | None = None
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


def test_a_synced_profile_is_changed_by_people() -> None:
    assert chosen("profile_update", OFFICE, synced=True) is None


@pytest.mark.parametrize("attribute", ["manager", "businessPhones"])
def test_an_attribute_the_action_does_not_know_is_changed_by_people(attribute: str) -> None:
    assert chosen("profile_update", {**OFFICE, "attribute": given(attribute)}) is None


def test_a_change_that_has_to_wait_for_a_day_is_not_made_at_once() -> None:
    assert chosen("profile_update", {**OFFICE, "start": given("2026-12-01")}) is None


def test_a_day_that_is_not_clear_is_not_taken_for_today() -> None:
    request = Request(
        label="profile_update",
        parameters={"user": given("a@b.example", USER), **OFFICE},
        ambiguous={"start": ("2026-12-01", "2026-01-12")},
    )
    target = PersonFacts(known=True, id=USER, enabled=True)
    facts = Facts(label="profile_update", confidence=1, accepted=True, channel=Channel.EMAIL, target=target)
    assert choose_steps(PLAYBOOKS["profile_update"], request, facts) == ()


@pytest.mark.parametrize("label", ["group_add_member", "group_remove_member"])
@pytest.mark.parametrize(
    ("group", "taken"),
    [
        (GroupFacts(known=True, id=GROUP, kind="microsoft365"), True),
        (GroupFacts(known=True, id=GROUP, kind="distribution"), False),
        (GroupFacts(known=True, id=GROUP, kind="security", synced=True), False),
        (GroupFacts(known=False, id=GROUP), False),
    ],
    ids=["cloud", "distribution", "synced", "unknown"],
)
def test_only_a_group_that_graph_can_write_is_changed(label: str, group: GroupFacts, taken: bool) -> None:
    assert (chosen(label, {"group": given("Sales", GROUP)}, group=group) is not None) is taken


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
