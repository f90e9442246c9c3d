"""What a site writes to map a label of its own to a runbook of its own: one YAML file a label, no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from actions.catalogue.run_runbook import ACTION, EXECUTION_ID, Name, Value
from actions.vocabulary import Frozen, Tier
from triage.domain.decision import ApproverRole
from triage.playbooks.model import LANGUAGES, LITERAL, Kind, ParameterRule, Texts

Place = tuple[str, ...]
"""Where in a file: the keys that lead there."""

NAMES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PERSON: ("user", "delegate"),
    **{
        kind: (kind.value,)
        for kind in (
            *(Kind.GROUP, Kind.LICENSE, Kind.MAILBOX, Kind.SHARE, Kind.SERVER, Kind.SERVICE),
            Kind.DEVICE,
        )
    },
}
"""What people and things must be called: under these names all guards of the policy look at them."""

THAT_OF_THE_SERVER: Final = "server.worker_group"
"""The worker group that the site file names for the server."""

_PARTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PERSON: ("value", "id", "account"),
    **dict.fromkeys((Kind.GROUP, Kind.LICENSE, Kind.DEVICE), ("value", "id")),
}
_DAYS: Final = ("start", "end", "last_day")
_LITERAL: Final = TypeAdapter(Value)


class OwnPlaybook(Frozen):
    """A label of the site's own.

    Attributes:
        title: what an analyst calls it.
        impact: what it does to people, in a sentence they understand before they agree.
        runbook, worker_group: which runbook, and where: a worker group, or `server.worker_group` for the one
            the site file names for the server; the service's own where that is left out.
        parameters: what has to be known, as in a shipped playbook.
        arguments: what the runbook is called with; values as `server.value`, `user.account`, `=text`.
        wait: `<date parameter>.start` or `.end`, the moment it waits for.
        tier: as what it counts.
        approver, approvals: who agrees, and how many if more than the tier asks for.
        catalog_items: items of the service catalogue that ask for nothing else.
        done: what the requester reads in the end.
        questions: what the requester is asked when a parameter is missing.
    """

    title: Annotated[str, StringConstraints(min_length=3, max_length=80)]
    impact: Annotated[str, StringConstraints(pattern=r"^.{10,300}\.$")]
    runbook: str
    worker_group: str = ""
    parameters: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,40}$")], ParameterRule]
    arguments: dict[Name, str] = Field(default_factory=dict)
    wait: Annotated[str, StringConstraints(pattern=r"^([a-z_]+\.(start|end))?$")] = ""
    tier: Tier = ACTION.tier
    approver: ApproverRole = ApproverRole.APPROVER
    approvals: int = Field(default=0, ge=0, le=5)
    catalog_items: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    flavour: Literal["give", "take", "care"] = "care"
    duplicate_window: timedelta = timedelta(hours=24)
    done: Texts
    questions: dict[str, Texts] = Field(default_factory=dict)


def problems(own: OwnPlaybook, shipped: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with a site's playbook beyond its shape, each with its place.

    Args:
        own: the playbook.
        shipped: names of the runbooks of this release, which have playbooks with rules of their own.
    """
    yield from _about_parameters(own)
    yield from _about_the_runbook(own, shipped)
    waited = own.wait.partition(".")[0]
    if waited and (waited not in own.parameters or own.parameters[waited].kind is not Kind.DATE):
        yield ("wait",), f"{waited} is no date among the parameters"
    for place, texts in _all_words(own):
        if "en" not in texts or set(texts) - set(LANGUAGES):
            yield place, f"words are needed in en, and may be added in {', '.join(LANGUAGES[1:])}"


def _about_parameters(own: OwnPlaybook) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with what has to be known, and with what the runbook is told of it."""
    for name, rule in own.parameters.items():
        yield from ((("parameters", name), wrong) for wrong in _parameter(name, rule))
        if rule.required and name not in own.questions:
            yield ("questions",), f"no question for {name}: what is the requester asked when it is missing?"
    for name, origin in own.arguments.items():
        if name == EXECUTION_ID:
            yield ("arguments", name), "the service gives it: the id of the run"
        elif not _known(origin, own.parameters):
            yield ("arguments", name), f"nothing is known of {origin!r}"


def _about_the_runbook(own: OwnPlaybook, shipped: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """Yield why this runbook must not be started so, or there."""
    if own.tier < ACTION.tier:
        yield (
            ("tier",),
            f"a runbook of the site's own has no way back: its tier is {int(ACTION.tier)} or more",
        )
    if own.runbook.casefold() in {name.casefold() for name in shipped}:
        yield ("runbook",), f"{own.runbook} is one of this release, which has a label with rules of its own"
    if own.worker_group == THAT_OF_THE_SERVER and "server" not in own.parameters:
        yield ("worker_group",), "no server is among the parameters"
    told = "" if own.worker_group == THAT_OF_THE_SERVER else own.worker_group
    try:
        ACTION.params(runbook=own.runbook, worker_group=told)
    except ValidationError as error:
        for one in error.errors():
            yield (str(one["loc"][0]),), "this is no such name"


def _all_words(own: OwnPlaybook) -> Iterator[tuple[Place, Texts]]:
    yield ("done",), own.done
    for name, texts in own.questions.items():
        yield ("questions", name), texts


def _parameter(name: str, rule: ParameterRule) -> Iterator[str]:
    """Yield why a parameter could be anything, or would be seen by no guard."""
    from_text = "text" in rule.sources
    named = NAMES.get(rule.kind, (name,))
    rules = {
        f"a {rule.kind} is called {' or '.join(named)}, so that all guards look at it": name not in named,
        "an address of anybody is no bounded value; a person of the directory is kind person": (
            rule.kind is Kind.MAIL
        ),
        "a text needs a pattern (a regular expression without look-around) that says what it may be": (
            rule.kind is Kind.TEXT and not _compiles(rule.pattern)
        ),
        "an enum needs values; words and default belong to them": (
            rule.kind is Kind.ENUM and not {*rule.words, *filter(None, [rule.default])} <= set(rule.values)
        )
        or (rule.kind is Kind.ENUM and not rule.values),
        "a number needs least and most, and comes from a field": (
            rule.kind is Kind.NUMBER and (rule.least >= rule.most or from_text)
        ),
        f"a date that is read from words is called {', '.join(_DAYS)}": (
            rule.kind is Kind.DATE and from_text and name not in _DAYS
        ),
        "only a person can be the caller": rule.kind is not Kind.PERSON and "caller" in rule.sources,
        "a runbook is told one value; several are for people": rule.several,
    }
    yield from (sentence for sentence, broken in rules.items() if broken)


def _compiles(pattern: str) -> bool:
    try:
        whole(pattern)
    except ValueError:
        return False
    return bool(pattern)


def whole(pattern: str) -> TypeAdapter[str]:
    """Return what takes a text that the pattern matches as a whole, in time linear in its length.

    Raises:
        ValueError: it is no regular expression.
    """
    try:
        return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"^(?:{pattern})$", max_length=100)])
    except Exception as error:  # pydantic-core has an error class of its own for a schema it refuses
        raise ValueError(f"{pattern!r} is no regular expression") from error


def _known(origin: str, parameters: Mapping[str, ParameterRule]) -> bool:
    """Whether an argument's origin is a text that is passed on as it is, or a part of a parameter."""
    if origin.startswith(LITERAL):
        try:
            _LITERAL.validate_python(origin.removeprefix(LITERAL))
        except ValidationError:
            return False
        return True
    name, _, part = origin.partition(".")
    return name in parameters and part in _PARTS.get(parameters[name].kind, ("value",))
