"""The contract every action keeps; a new file in the catalogue is held by it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from typing import Any

import pytest

from actions.catalogue import load
from actions.contract import Action, Seen, Verification, read_back, read_undo_back
from actions.errors import Forbidden, OutcomeUnknown, OutsideError, WriteInPlan
from actions.vocabulary import Plan, Route, Tier
from tests.actions.stage import PASSWORD, Stage, staged
from triage.sandbox.faults import Rule, arm

ACTIONS = load()
CASES = [
    pytest.param(action, example, id=f"{action.name}-{number}")
    for action in ACTIONS.values()
    for number, example in enumerate(action.examples, start=1)
]
each = pytest.mark.parametrize(("action", "params"), CASES)
REPEATABLE = [case for case in CASES if case.values[0].repeatable]  # type: ignore[union-attr]  # Action
each_repeatable = pytest.mark.parametrize(("action", "params"), REPEATABLE)
READS, WRITES = "GET", "POST|PATCH|PUT|DELETE"


async def settled(action: Action[Any], params: Any, stage: Stage) -> Verification:
    """Read back until nothing is under way any more."""
    for _ in range(10):
        seen = await read_back(action, stage.reading, params, stage.run)
        if seen.seen is not Seen.PENDING:
            return seen
        await stage.time.sleep(5)
    raise AssertionError("it never settled")


async def through(action: Action[Any], params: Any, stage: Stage) -> None:
    """Take an action from check to read-back and, where there is a way, back again, as a run does."""
    await action.check(stage.reading, params)
    plan = await action.plan(stage.reading, params)
    await action.execute(stage.writing, params, stage.run)
    await read_back(action, stage.reading, params, stage.run)
    if action.undo is not None:
        await action.undo(stage.writing, params, plan.changes, stage.run)


async def outcome(work: Awaitable[None]) -> OutsideError | None:
    """Return how it failed in our words, if it did; any other exception is a failure of the test."""
    try:
        await work
    except OutsideError as error:
        return error
    return None


def without_times(directory: dict[str, Any]) -> dict[str, Any]:
    """Leave out when things happened: the same password set later is the same, a session ended stays so."""
    for user in directory["users"].values():
        for name in ("lastPasswordChangeDateTime", "signInSessionsValidFromDateTime"):
            user.pop(name)
    return directory


@each
async def test_an_example_is_free_of_blockers(action: Action[Any], params: Any, still: Stage) -> None:
    assert await action.check(still.reading, params) == ()


@each
async def test_an_example_plans_a_change_and_says_so_without_a_secret(
    action: Action[Any], params: Any, still: Stage
) -> None:
    plan = await action.plan(still.reading, params)
    assert plan.changes
    assert all(change.target and change.field for change in plan.changes)


@each
async def test_a_plan_is_the_same_twice(action: Action[Any], params: Any, stage: Stage) -> None:
    first = await action.plan(stage.reading, params)
    await stage.time.sleep(3600)
    assert (await action.plan(stage.reading, params)).digest == first.digest


@each
async def test_check_and_plan_change_nothing(action: Action[Any], params: Any, still: Stage) -> None:
    before = still.directory()
    await action.check(still.reading, params)
    await action.plan(still.reading, params)
    assert still.directory() == before


@each
async def test_a_plan_cannot_write(action: Action[Any], params: Any, still: Stage) -> None:
    before = still.directory()
    with pytest.raises(WriteInPlan):
        await action.execute(still.reading, params, still.run)
    assert still.directory() == before


@each
async def test_what_was_executed_is_verified(action: Action[Any], params: Any, stage: Stage) -> None:
    await action.execute(stage.writing, params, stage.run)
    assert (await settled(action, params, stage)).seen is Seen.DONE


@each
async def test_what_was_not_executed_is_not_verified(action: Action[Any], params: Any, still: Stage) -> None:
    assert (await read_back(action, still.reading, params, still.run)).seen is Seen.ABSENT


@each_repeatable
async def test_the_plan_is_empty_after_execute(action: Action[Any], params: Any, stage: Stage) -> None:
    await action.execute(stage.writing, params, stage.run)
    assert await action.plan(stage.reading, params) == Plan()


@each
async def test_executing_twice_for_one_run_equals_once(
    action: Action[Any], params: Any, stage: Stage
) -> None:
    await action.execute(stage.writing, params, stage.run)
    await settled(action, params, stage)
    once = stage.directory()
    await action.execute(stage.writing, params, stage.run)
    await settled(action, params, stage)
    assert without_times(stage.directory()) == without_times(once)


@each
async def test_undo_restores_the_tenant(action: Action[Any], params: Any, stage: Stage) -> None:
    if action.undo is None:
        assert action.undo_reason
        assert action.tier >= Tier.DISRUPTIVE
        return
    before = stage.directory()
    plan = await action.plan(stage.reading, params)
    await action.execute(stage.writing, params, stage.run)
    stage.end_jobs()
    assert stage.directory() != before
    assert (await read_undo_back(action, stage.reading, params, plan, stage.run)).seen is Seen.ABSENT
    await action.undo(stage.writing, params, plan.changes, stage.run)
    await action.undo(stage.writing, params, plan.changes, stage.run)
    stage.end_jobs()
    assert (await read_undo_back(action, stage.reading, params, plan, stage.run)).seen is Seen.DONE
    assert without_times(stage.directory()) == without_times(before)
    assert (await action.plan(stage.reading, params)).digest == plan.digest


@each
async def test_an_answer_lost_after_the_write_is_healed_by_running_again(
    action: Action[Any], params: Any, stage: Stage
) -> None:
    rules = [
        Rule(app=app, effect="drop_after", method=method)
        for app in ("graph", "arm", "vault")
        for method in WRITES.split("|")
    ]
    arm(stage.apps.faults, rules)
    lost = await outcome(action.execute(stage.writing, params, stage.run))
    assert lost is None or (isinstance(lost, OutcomeUnknown) and not action.repeatable)
    stage.apps.faults.armed.clear()
    assert stage.apps.faults.struck
    await action.execute(stage.writing, params, stage.run)
    assert (await settled(action, params, stage)).seen is Seen.DONE


FAULTS: dict[str, dict[str, Any]] = {
    "429 with seconds": {"effect": "answer", "status": 429, "headers": {"Retry-After": "30"}},
    "429 without": {"effect": "answer", "status": 429},
    "500": {"effect": "answer", "status": 500},
    "503 after the write": {"effect": "answer_after", "status": 503},
    "proxy page": {"effect": "answer", "status": 502, "body": "<html>Bad Gateway</html>"},
    "forbidden page": {"effect": "answer", "status": 403, "body": "<html>Blocked</html>"},
    "cut before": {"effect": "drop_before"},
    "cut after": {"effect": "drop_after"},
    "not JSON": {"effect": "answer", "status": 400, "body": "{"},
}


@pytest.mark.parametrize("methods", [READS, WRITES], ids=["reads", "writes"])
@each
async def test_each_fault_ends_in_success_or_in_one_of_our_errors(
    action: Action[Any], params: Any, methods: str, stage: Stage
) -> None:
    for name, fault in FAULTS.items():
        stage.calm()
        rules = [
            Rule.model_validate({"app": app, "method": method, "times": None, **fault})
            for app in ("graph", "arm", "vault")
            for method in methods.split("|")
        ]
        arm(stage.apps.faults, rules)
        ended = await outcome(through(action, params, stage))
        assert ended is None or ended.hint, name
        assert PASSWORD.get_secret_value() not in f"{ended} {ended!r} {getattr(ended, 'hint', '')}", name


TROUBLES: dict[str, dict[str, Any]] = {
    "seen late": {"effect": "hide", "seconds": 20.0},
    "cut after the write": {"effect": "drop_after"},
    "asked to wait": {"effect": "answer", "status": 429, "headers": {"Retry-After": "5"}},
    "timeout after the write": {"effect": "answer_after", "status": 504},
}
AGAIN_IS_THE_SAME = {
    "Update StsRefreshTokenValidFrom Timestamp",
    "Set secret",  # the same value once more
    "Reset user password",  # the password of the run once more
    "Admin registered temporary access pass method for user",  # one whose value was lost is void by the next
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@each
async def test_a_trouble_never_doubles_an_effect(
    action: Action[Any], params: Any, trouble: dict[str, Any], stage: Stage
) -> None:
    calm = staged()
    await action.execute(calm.writing, params, calm.run)
    calm.end_jobs()
    rules = [
        Rule.model_validate({"app": app, "method": method, **trouble})
        for app in ("graph", "arm", "vault")
        for method in WRITES.split("|")
    ]
    arm(stage.apps.faults, rules)
    for _ in range(4):  # as a worker does: look first, and only then try once more
        ended = await outcome(action.execute(stage.writing, params, stage.run))
        stage.end_jobs()
        await stage.time.sleep(600)
        seen = await read_back(action, stage.reading, params, stage.run)
        if ended is None or seen.seen is Seen.DONE:
            break
    assert (await settled(action, params, stage)).seen is Seen.DONE
    assert effects(stage) == effects(calm)


def effects(stage: Stage) -> Counter[tuple[str, str]]:
    """Count what changed something, by what it was and of whom; asking for the same state again does not."""
    changes = [one for one in stage.apps.tenant.changes if one.before != one.after]
    return Counter((one.what, one.target) for one in changes if one.what not in AGAIN_IS_THE_SAME)


@each
async def test_the_permissions_declared_are_enough(action: Action[Any], params: Any, stage: Stage) -> None:
    stage.grant(action.permissions)
    assert await action.check(stage.reading, params) == ()
    plan = await action.plan(stage.reading, params)
    await action.execute(stage.writing, params, stage.run)
    assert (await settled(action, params, stage)).seen is Seen.DONE
    if action.undo is not None:
        await action.undo(stage.writing, params, plan.changes, stage.run)


@each
async def test_each_permission_declared_is_needed(action: Action[Any], params: Any) -> None:
    for permission in action.permissions:
        stage = staged()
        stage.grant(action.permissions - {permission})
        with pytest.raises(Forbidden) as refused:
            await through(action, params, stage)
        assert permission.partition(".")[0] in refused.value.hint


@each
async def test_each_write_carries_the_id_of_the_run(action: Action[Any], params: Any, stage: Stage) -> None:
    await action.execute(stage.writing, params, stage.run)
    writes = [request for request in stage.transport.sent if request.url.host in {"graph.test", "arm.test"}]
    names = ("client-request-id", "x-ms-client-request-id")
    sent = [request.headers.get(names[0]) or request.headers.get(names[1]) for request in writes]
    assert set(sent) == {str(stage.run.run_id)}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_an_action_tells_all_that_a_reviewer_asks(action: Action[Any]) -> None:
    assert action.params.__name__ == action.name.title().replace("_", "")
    assert all(field.description for field in action.params.model_fields.values())
    assert action.title
    assert action.impact.endswith(".")
    assert action.examples
    named = action.runbook is not None or "runbook" in action.params.model_fields
    assert named or action.route is not Route.ONPREM
    assert action.repeatable or action.verify is not None
    assert not action.secret.handed_over or action.tier >= Tier.CREDENTIAL
    assert all(action.locks(example) for example in action.examples)
