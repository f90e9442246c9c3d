"""Marks in the words that make automation unwise: pressure, tricks, a second ask, nothing asked at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Final

from triage.domain.facts import Signal
from triage.domain.request import Request
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.resolve.lexicon import read
from triage.resolve.patterns import compiled, flat, patterns, spoken
from triage.resolve.reading import Reading
from triage.resolve.tricks import hidden_characters, lookalike, machine_talk

_SPOKEN: Final = {
    Signal.MACHINE_ADDRESSED: "machine_addressed",
    Signal.SKIP_CHECKS: "skip_checks",
    Signal.ALERTS_OFF: "alerts_off",
    Signal.PRIVILEGED_ROLE: "privileged_role",
}
"""Signals that are their patterns and nothing else."""
_PASSWORDS: Final = frozenset({"password_reset", "account_unlock"})
"""Labels beside which a phone that is lost or new is a second ask: the factor went with it."""
_SECRETS: Final = frozenset(
    {"password_reset", "account_unlock", "mfa_reset", "bitlocker_recovery", "user_onboarding"}
)
"""Labels that end in a secret somebody has to get."""
_DOMAIN: Final = re.compile(r"[\w.+-]@((?:[\w-]+\.)+[\w-]+)")
_FAMILIES: Final = {
    "password_reset": ("password", "unlock"),
    "account_unlock": ("unlock", "password"),
    "mfa_reset": ("mfa",),
    "license_assign": ("license",),
    "license_remove": ("license",),
    "group_add_member": ("group",),
    "group_remove_member": ("group",),
    "mailbox_permission_grant": ("mailbox",),
    "mailbox_permission_revoke": ("mailbox",),
    "file_share_access": ("share",),
}
"""The families of asks (data/signals.yaml) that belong to a label."""


def signals_of(
    ticket: Ticket, label: str, reading: Reading, request: Request, site: Site
) -> tuple[Signal, ...]:
    """Return the marks found, in the order of their names."""
    sentences = flat(reading.text[: reading.form_start])
    found = {signal for signal, name in _SPOKEN.items() if spoken(patterns("signals", name), sentences)}
    found |= set(_tricks(ticket, site))
    found |= set(_asks(label, reading, sentences))
    private = spoken(patterns("signals", "private_delivery"), sentences)
    if label in _SECRETS and (private or _names_an_outside_address(reading, site)):
        found.add(Signal.PRIVATE_DELIVERY)
    if label == "user_offboarding" and spoken(patterns("signals", "deletion"), sentences):
        found.add(Signal.DELETION)
    if any(len(one.values) > 1 for name, one in request.parameters.items() if name in {"user", "trustee"}):
        found.add(Signal.SEVERAL_TARGETS)
    return tuple(sorted(found))


def _names_an_outside_address(reading: Reading, site: Site) -> bool:
    """Say whether the words hold a mail address that is not of ours: no secret is meant to go there."""
    domains = {found.casefold() for found in _DOMAIN.findall(reading.text[: reading.form_start])}
    return bool(domains - {domain.casefold() for domain in site.domains})


def _tricks(ticket: Ticket, site: Site) -> Iterator[Signal]:
    """Yield tricks of the raw text, which reading has already taken out of the words."""
    raw = "\n".join((ticket.short_description, ticket.description, *ticket.variables.values()))
    if hidden_characters(raw):
        yield Signal.HIDDEN_CHARACTERS
    if machine_talk(raw):
        yield Signal.MACHINE_ADDRESSED
    if lookalike(f"{raw}\n{ticket.caller_id}", site.domains):
        yield Signal.LOOKALIKE


def _asks(label: str, reading: Reading, sentences: tuple[str, ...]) -> Iterator[Signal]:
    """Yield what is odd about the asking: withdrawn, a mere question, a second ask, two factors at once."""
    if _withdrawn(label, sentences):
        yield Signal.WITHDRAWN
    if _only_asks_back(reading, sentences):
        yield Signal.QUESTION
    families = _families(sentences)
    if {"password", "mfa"} <= families and label in {"password_reset", "account_unlock", "mfa_reset"}:
        yield Signal.MFA_AND_PASSWORD
    own = _FAMILIES.get(label)
    beside = families - set(own or ()) - {"unlock"} - (set() if label in _PASSWORDS else {"phone"})
    if own and beside:
        yield Signal.SECOND_ASK


def _withdrawn(label: str, sentences: tuple[str, ...]) -> bool:
    """Say whether the ask is taken back or done: so it is said, and nothing else is asked for.

    That something is no longer needed takes nothing back where something is to be taken away. That it must
    not be done does, where it is what the label does.
    """
    ended = [patterns("signals", "withdrawn", "ticket")]
    if label in _REFUSED:
        ended.append(patterns("signals", "refused", _REFUSED[label]))
    if label not in _TAKING:
        ended.append(patterns("signals", "withdrawn", "need"))
    asking = patterns("signals", "asking")
    told = {sentence for sentence in sentences if any(pattern.search(sentence) for pattern in ended)}
    return bool(told) and not any(asking.search(sentence) for sentence in sentences if sentence not in told)


_TAKING: Final = frozenset(
    "license_remove group_remove_member mailbox_permission_revoke user_offboarding automatic_replies"
    " calendar_permission device_lost".split()
)
"""Labels that end something: there "no longer needed" is the ask itself."""


_REFUSED: Final = {
    **dict.fromkeys(("password_reset", "mfa_reset"), "reset"),
    "account_unlock": "unlock",
    "service_restart": "restart",
    **dict.fromkeys(
        ("license_assign", "group_add_member", "mailbox_permission_grant", "file_share_access"), "give"
    ),
    **dict.fromkeys(("license_remove", "group_remove_member", "mailbox_permission_revoke"), "take"),
    **dict.fromkeys(("profile_update", "automatic_replies"), "change"),
    "calendar_permission": "give",
    "device_lost": "lock",
}
"""What a label does, under the name of the patterns in data/signals.yaml that refuse it."""


def _only_asks_back(reading: Reading, sentences: tuple[str, ...]) -> bool:
    """Say whether there are questions and nothing else: no request, no trouble told."""
    asked = "?" in reading.text or not reading.text[reading.subject_end : reading.form_start].strip()
    question = asked and spoken(patterns("signals", "question"), sentences)
    return question and not spoken(patterns("signals", "asking"), sentences)


def _families(sentences: tuple[str, ...]) -> set[str]:
    """Return the kinds of thing something is asked of; what is said to be in order is not."""
    return {
        name
        for name, (asked, in_order) in _family_patterns().items()
        if any(asked(sentence) and not in_order.search(sentence) for sentence in sentences)
    }


@cache
def _family_patterns() -> dict[str, tuple[Callable[[str], bool], re.Pattern[str]]]:
    families, fine = read("signals")["families"], read("signals")["in_order"]
    found: dict[str, tuple[Callable[[str], bool], re.Pattern[str]]] = {}
    for name, one in families.items():
        nouns, verbs = re.compile(compiled(one["nouns"])), re.compile(compiled(one["verbs"]))
        in_order = re.compile(compiled(f"{one['nouns']} .. {fine}"))
        found[name] = (partial(_both, nouns, verbs), in_order)
    return found


def _both(nouns: re.Pattern[str], verbs: re.Pattern[str], sentence: str) -> bool:
    return bool(nouns.search(sentence) and verbs.search(sentence))
