"""What a playbook is: the parameters a label needs, the steps it takes, the words the requester reads."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, model_validator

from actions.vocabulary import Frozen, Route, Tier
from triage.domain.decision import ApproverRole

LANGUAGES = ("en", "de", "fr", "nl", "es", "pl", "pt", "it")
"""The languages every message exists in."""

NEW_ACCOUNT = "new.id"
"""Where a parameter comes from that is the account an earlier step creates."""

Texts = dict[str, str]
"""One sentence a language, keys as in `LANGUAGES`."""

SourceName = Annotated[str, StringConstraints(pattern=r"^(caller|text|field:[a-z0-9_]+)$")]


LITERAL = "="
"""What an origin begins with that is a text of the playbook's own."""

OPTIONAL = "?"
"""What an origin ends with that may be left out."""


class Kind(StrEnum):
    """What a parameter refers to: an object of the directory, or a bounded value."""

    PERSON = "person"
    GROUP = "group"
    LICENSE = "license"
    MAILBOX = "mailbox"
    SHARE = "share"
    SERVER = "server"
    SERVICE = "service"
    DEVICE = "device"
    DATE = "date"
    ENUM = "enum"
    NUMBER = "number"
    MAIL = "mail"
    TEXT = "text"


class ParameterRule(Frozen):
    """One parameter: what it is and where it may come from, in order of trust.

    Attributes:
        kind: what it refers to.
        required: whether the requester is asked when it is missing.
        sources: `field:<name of a form variable>`, `text`, `caller`; the first that yields something counts.
        several: whether the label makes sense for more than one value.
        values: for `Kind.ENUM`, the values there are.
        words: for `Kind.ENUM`, further words that mean a value.
        default: for `Kind.ENUM`, what holds when nothing is said; empty = nothing.
        pattern: for `Kind.TEXT`, what one word has to be to count (a regular expression of Rust's, which no
            word makes slow); empty = the finder of this parameter knows.
        least, most: for `Kind.NUMBER`, the bounds, both included.
    """

    kind: Kind
    required: bool = False
    sources: tuple[SourceName, ...] = Field(alias="from", min_length=1)
    several: bool = False
    values: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    default: str = ""
    pattern: str = ""
    least: int = 0
    most: int = 0


class When(Frozen):
    """When a step is the right one; what is left out does not matter.

    `target_synced` and `group_synced` are where Entra says the object is mastered; `group_kinds` are the
    kinds of `triage.domain.facts.GroupFacts`; `mailbox_location` is `cloud` or `onprem`; `newcomer_groups`
    asks for groups the site puts somebody new into; `license_by_group` is whether a group gives the licence,
    `seats` whether some are free, or some are idle. `values` are, by parameter, what the step can serve;
    `given` are parameters the step is for: each must have been said, also where it is not clear yet; `absent`
    are parameters it could not honour: none of them may have been said.
    """

    target_synced: bool | None = None
    group_synced: bool | None = None
    group_kinds: tuple[str, ...] = ()
    mailbox_location: Literal["", "cloud", "onprem"] = ""
    newcomer_groups: bool = False
    license_by_group: bool | None = None
    seats: Literal["", "free", "idle"] = ""
    values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    given: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class StepRule(Frozen):
    """A step: an action, where it takes effect, when it is right, and how its parameters are made.

    `params` maps a parameter of the action to `<parameter>.id` (the immutable id of the directory object),
    `<parameter>.value` (its name, where the system knows no id), `<parameter>.list` (all its values with
    commas between), `<parameter>.account` and `.mail` (a person's name in Active Directory, and address),
    `=<text>` (that text, whatever is asked), `service.worker_group`, `share.group` (the id of the group whose
    members have the access asked for), `license.group` (of the one that gives it), `license.idle` (whose seat
    is idle) or `new.id` (of the account that a step before creates). `optional` does so for what the action
    can do without, `arguments` for what a runbook of the site's own is called with; one that ends in `?` is
    left out where its parameter was not given.

    Attributes:
        stage: steps of one name are alternatives, the first that fits is taken; stages are done in order.
        skippable: whether the plan does without the stage when none of its steps is the right one, or when
            the step's own check stands in its way; people read what was left out.
        wait: `<date parameter>.start` or `.end`: the step waits for the beginning or the end of that day, in
            the time zone of the site; a date that was not given is not waited for.
        on_call: whether it begins, when its day has come, only as whoever hands its secret over asks for it.
    """

    stage: str = ""
    skippable: bool = False
    wait: Annotated[str, StringConstraints(pattern=r"^([a-z_]+\.(start|end))?$")] = ""
    on_call: bool = False
    action: str
    route: Route
    when: When = When()
    params: dict[str, str]
    optional: dict[str, str] = Field(default_factory=dict)
    arguments: dict[str, str] = Field(default_factory=dict)

    @property
    def origins(self) -> tuple[str, ...]:
        """Where everything comes from that the step is given."""
        return (*self.params.values(), *self.optional.values(), *self.arguments.values())


class Step(Frozen):
    """A step chosen for a request, with what its action is called with and the day it waits for.

    `about` are the values it was given as people write them; `skippable` as in its rule. `tier` and `impact`
    are what a site says of its own runbook: the action's own tier is the least there is.
    """

    action: str
    route: Route
    params: dict[str, JsonValue]
    not_before: AwareDatetime | None = None
    about: tuple[str, ...] = ()
    skippable: bool = False
    on_call: bool = False
    tier: Tier = Tier.READ
    impact: str = ""


class Playbook(Frozen):
    """How one label is served.

    Attributes:
        label: the label, also the name of the file.
        title: what an analyst calls it.
        parameters: what is needed, by the names of the decision format.
        steps: candidates in order, stage by stage. Empty: people do it.
        done: what the requester reads when the effect was read back.
        questions: what the requester is asked when a parameter is missing.
        flavour: what it does to the person: gives, takes away, or cares for; words around a name hang on it.
        approver: who agrees when the policy asks for an ordinary approval.
        duplicate_window: how long the same ask counts as a repetition.
        catalog_items: items of the service catalogue that ask for nothing else; ordering one names the label.
        tier: the least its steps count as; their actions may ask for more.
        approvals: how many have to agree, if more than the tier asks for.
        impact: what it does to people, where its action cannot know.
        own: whether it is a site's own label.
        traces: whether people are shown the inbox rules and sign-in methods of the account.
    """

    label: str
    title: str
    parameters: dict[str, ParameterRule]
    steps: tuple[StepRule, ...] = ()
    done: Texts
    questions: dict[str, Texts] = Field(default_factory=dict)
    flavour: Literal["give", "take", "care"] = "care"
    approver: ApproverRole = ApproverRole.APPROVER
    duplicate_window: timedelta = timedelta(hours=24)
    catalog_items: tuple[str, ...] = ()
    tier: Tier = Tier.READ
    approvals: int = Field(default=0, ge=0, le=5)
    impact: str = ""
    own: bool = False
    traces: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Playbook:
        """Refuse a playbook that could leave a requester without words or a step without a value."""
        for name, texts in {"done": self.done, **self.questions}.items():
            if set(texts) != set(LANGUAGES):
                raise ValueError(f"{self.label}: {name} must be worded in {', '.join(LANGUAGES)}")
        unasked = {name for name, rule in self.parameters.items() if rule.required} - set(self.questions)
        if unasked:
            raise ValueError(f"{self.label}: no question for {', '.join(sorted(unasked))}")
        origins = (made for step in self.steps for made in step.origins)
        used = {made.split(".")[0] for made in origins if made != NEW_ACCOUNT and made[:1] != LITERAL}
        asked = {
            name
            for step in self.steps
            for name in (*step.when.values, *step.when.given, *step.when.absent, *step.wait.split(".")[:1])
            if name
        }
        unknown = (used | asked) - set(self.parameters)
        if unknown:
            raise ValueError(f"{self.label}: a step uses {', '.join(sorted(unknown))}")
        return self
