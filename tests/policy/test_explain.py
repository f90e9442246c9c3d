"""An explanation names the rules that spoke and the one fact that would change the verdict."""

from __future__ import annotations

from tests.policy.conftest import ask
from triage.domain.decision import Verdict
from triage.policy.decide import Policy
from triage.policy.explain import Explanation, explain


def flips(explanation: Explanation) -> set[tuple[str, str, Verdict]]:
    return {(one.fact, one.after, one.verdict) for one in explanation.flips}


def test_the_one_fact_that_kept_it_with_people_is_named(policy: Policy) -> None:
    told = explain(policy, ask("password_reset", channel="email"))
    assert flips(told) == {("channel", "self-service", Verdict.AUTO)}


def test_who_would_have_to_ask_is_named(policy: Policy) -> None:
    told = explain(policy, ask("license_assign", requester="ben", relation="colleague"))
    assert flips(told) == {("who asks", "manager", Verdict.AUTO)}


def test_owning_the_group_is_a_fact_of_the_group(policy: Policy) -> None:
    told = explain(policy, ask("group_add_member", requester="ben"))
    assert ("group.owner_ids", "mia, ben", Verdict.AUTO) in flips(told)


def test_two_reasons_are_flipped_by_no_single_fact(policy: Policy) -> None:
    told = explain(policy, ask("license_assign", channel="email", halted=True))
    assert told.flips == ()


def test_a_role_on_the_target_is_the_reason_for_blocking(policy: Policy) -> None:
    told = explain(policy, ask("license_assign", requester="boss", target="admin"))
    assert ("target.active_roles", "none", Verdict.AUTO) in flips(told)


def test_what_runs_by_itself_tells_what_would_stop_it(policy: Policy) -> None:
    told = flips(explain(policy, ask("license_assign")))
    assert ("license.free", "0", Verdict.REVIEW) in told
    assert ("target.service", "yes", Verdict.BLOCKED) in told


def test_a_mark_in_the_words_is_a_fact(policy: Policy) -> None:
    told = flips(explain(policy, ask("license_assign", signals=["question"])))
    assert told == {("signals.question", "no", Verdict.AUTO)}


def test_each_rule_is_told_with_its_place(policy: Policy) -> None:
    told = explain(policy, ask("license_assign", halted=True))
    assert told.places["guard.halted"].startswith("guards.cedar:")
    assert told.policy == policy.version


def test_a_denial_by_default_names_what_was_needed(policy: Policy) -> None:
    """With no forbid of its own, the permits that did not fire are the reason."""
    ruling = policy.rule(ask("device_lost", device_action=""))
    assert ruling.verdict is Verdict.REVIEW
    needed = [rule.sentence for rule in ruling.rules if rule.id == "default.deny"]
    assert any("device_lost.lock_own" in sentence for sentence in needed)


def test_each_fact_says_where_it_was_learnt_and_what_was_not_says_so(policy: Policy) -> None:
    told = explain(policy, ask("license_assign", memory={"known": False}, missing=["license"])).provenance
    assert (told["label"], told["target"], told["channel"]) == ("model", "directory", "caller")
    assert (told["memory"], told["license"]) == ("unknown", "directory")
    unvouched = explain(policy, ask("license_assign", vouched=False, license={"known": False})).provenance
    assert (unvouched["channel"], unvouched["license"]) == ("unknown", "unknown")
