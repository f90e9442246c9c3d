"""Turns facts into the context the rules speak about: every fact present, what is unknown said to be so."""

from __future__ import annotations

from typing import Any, Final

from triage.domain.facts import (
    DeviceFacts,
    Facts,
    GroupFacts,
    LicenseFacts,
    MailboxFacts,
    PersonFacts,
    Relation,
    ServiceFacts,
    ShareFacts,
    Signal,
)
from triage.domain.ticket import Channel

Record = dict[str, Any]

SIGNED_IN: Final = frozenset({Channel.SELF_SERVICE})
"""Channels in which the caller has signed in; chat is none: in CVE-2025-12420 a mail address was enough."""

_NOBODY: Final = PersonFacts(known=False)
_NOTHING_ASKED: Final = frozenset({Signal.OTHER_SYSTEM, Signal.WITHDRAWN})


def situation(facts: Facts) -> Record:
    """Return the context of `Offer` and `AutoExecute` (type `Situation` in schema.cedarschema)."""
    return {
        "ask": _ask(facts),
        "channel": {
            "kind": facts.channel.value,
            "signed_in": facts.vouched and facts.channel in SIGNED_IN,
        },
        "relation": _relation(facts),
        "signals": sorted(signal.value for signal in facts.signals),
        "requester": _requester(facts.requester or _NOBODY),
        "target": _target(facts.target),
        "trustee": _bystander(facts.trustee),
        "mailbox_owner": _bystander(facts.mailbox_owner),
        "others": _crowd(facts.others),
        "group": _group(facts.group, facts.target),
        "license": _license(facts.license),
        "service": _service(facts.service),
        "mailbox": _mailbox(facts.mailbox),
        "share": _share(facts.share),
        "device": _device(facts.device),
        "memory": _memory(facts),
    }


def privileged(person: PersonFacts) -> bool:
    """Whether a role, a membership, an application or Active Directory gives the person power over others."""
    return person.privileged or person.onprem_protected or person.owns_privileged_app


def untouchable(person: PersonFacts) -> bool:
    """Whether the account is on the protected list, in a restricted unit, or one of our own identities."""
    return person.protected or person.management_restricted or person.own_identity


def same_person(one: PersonFacts | None, other: PersonFacts | None) -> bool:
    """Whether both are known and are one account, by immutable id."""
    return bool(one and other and one.known and other.known and one.id and one.id == other.id)


def lookup_failed(facts: Facts) -> bool:
    """Whether something or somebody that is meant could not be looked up."""
    meant = (
        facts.target,
        facts.trustee,
        facts.mailbox_owner,
        facts.group,
        facts.license,
        facts.service,
        facts.mailbox,
        facts.share,
        facts.device,
        *facts.others,
    )
    return any(one is not None and not one.known for one in meant)


def _ask(facts: Facts) -> Record:
    source = facts.sources.get("user")
    return {
        "actionable": not facts.empty_text and facts.label != "other" and not facts.signals & _NOTHING_ASKED,
        "empty": facts.empty_text,
        "accepted": facts.accepted,
        "confidence": int(facts.confidence * 10_000),
        "novelty": int(facts.novelty * 10_000),
        "has_playbook": facts.has_playbook,
        "action": facts.action,
        "tier": int(facts.tier),
        "route": facts.route.value,
        "targets": facts.targets,
        "missing": bool(facts.missing),
        "ambiguous": bool(facts.ambiguous),
        "blocked": bool(facts.blockers),
        "lookup_failed": lookup_failed(facts),
        "user_source": source.value if source else "none",
        "attribute": facts.attribute,
        "access": facts.access,
        "device_action": facts.device_action,
        "halted": facts.halted,
        "off_hours": facts.off_hours,
        "change_freeze": facts.change_freeze,
        "shadow": facts.shadow,
    }


def _relation(facts: Facts) -> Record:
    """Believe a relation only if the ids bear it out: what `enrich` says and what Entra shows must agree."""
    said = facts.relations | {facts.relation}
    outside = Relation.OUTSIDE in said
    asker = facts.requester if facts.requester and facts.requester.known and not outside else None
    target = facts.target if facts.target and facts.target.known else None
    asker_id = asker.id if asker else ""
    return {
        "known": Relation.UNKNOWN not in said and (asker is not None or outside),
        "own": Relation.SELF in said and same_person(asker, target),
        "manager": bool(asker_id and target and Relation.MANAGER in said and target.manager_id == asker_id),
        "hr": asker is not None and Relation.HR in said,
        "it": asker is not None and Relation.IT in said,
        "outside": outside,
        "group_owner": bool(facts.group and facts.group.known and asker_id in facts.group.owner_ids),
        "own_mailbox": same_person(asker, facts.mailbox_owner),
        "mailbox_owner": same_person(asker, facts.mailbox_owner)
        or bool(facts.mailbox and facts.mailbox.known and asker_id in facts.mailbox.owner_ids),
        "share_owner": bool(facts.share and facts.share.known and asker_id in facts.share.owner_ids),
        "device_owner": bool(
            asker_id and facts.device and facts.device.known and facts.device.owner_id == asker_id
        ),
    }


def _target(person: PersonFacts | None) -> Record:
    shown = person or _NOBODY
    return {
        "known": shown.known,
        "department": shown.department,
        "enabled": shown.enabled,
        "guest": shown.guest,
        "synced": shown.synced,
        "service": shown.service,
        "break_glass": shown.break_glass,
        "vip": shown.vip,
        "sensitive": shown.sensitive,
        "privileged": privileged(shown),
        "untouchable": untouchable(shown),
        "legal_hold": shown.legal_hold,
        "dormant": shown.dormant,
        "at_risk": shown.at_risk,
        "groups": list(shown.groups),
    }


def _requester(shown: PersonFacts) -> Record:
    return {
        "known": shown.known,
        "department": shown.department,
        "enabled": shown.enabled,
        "guest": shown.guest,
        "service": shown.service,
        "break_glass": shown.break_glass,
        "at_risk": shown.at_risk,
        "groups": list(shown.groups),
    }


def _bystander(person: PersonFacts | None) -> Record:
    shown = person or _NOBODY
    return {
        "known": shown.known,
        "enabled": shown.enabled,
        "guest": shown.guest,
        "service": shown.service,
        "break_glass": shown.break_glass,
        "vip": shown.vip,
        "privileged": privileged(shown),
        "untouchable": untouchable(shown),
    }


def _crowd(people: tuple[PersonFacts, ...]) -> Record:
    return {
        "count": len(people),
        "unknown": any(not one.known for one in people),
        "privileged": any(privileged(one) for one in people),
        "untouchable": any(untouchable(one) for one in people),
        "service": any(one.service for one in people),
        "break_glass": any(one.break_glass for one in people),
    }


def _group(group: GroupFacts | None, target: PersonFacts | None) -> Record:
    shown = group or GroupFacts(known=False)
    return {
        "known": shown.known,
        "name": shown.name,
        "kind": shown.kind,
        "dynamic": shown.dynamic,
        "role_assignable": shown.role_assignable,
        "tier0": shown.tier0,
        "synced": shown.synced,
        "sensitive": shown.sensitive,
        "license_bearing": shown.license_bearing,
        "has_owner": bool(shown.owner_ids),
        "members": shown.member_count,
        "last_owner": target is not None and shown.owner_ids == (target.id,),
    }


def _license(license_: LicenseFacts | None) -> Record:
    shown = license_ or LicenseFacts(known=False)
    return {
        "known": shown.known,
        "sku": shown.sku,
        "free": shown.free,
        "base": shown.base,
    }


def _service(service: ServiceFacts | None) -> Record:
    shown = service or ServiceFacts(known=False)
    return {
        "known": shown.known,
        "server": shown.server,
        "service": shown.service,
        "allowed": shown.allowed,
        "tier0": shown.tier0,
    }


def _mailbox(mailbox: MailboxFacts | None) -> Record:
    shown = mailbox or MailboxFacts(known=False)
    return {
        "known": shown.known,
        "address": shown.address,
    }


def _share(share: ShareFacts | None) -> Record:
    shown = share or ShareFacts(known=False)
    return {
        "known": shown.known,
        "path": shown.path,
        "sensitive": shown.sensitive,
    }


def _device(device: DeviceFacts | None) -> Record:
    shown = device or DeviceFacts(known=False)
    return {
        "known": shown.known,
        "operating_system": shown.operating_system,
    }


def _memory(facts: Facts) -> Record:
    shown = facts.memory.model_dump(exclude={"duplicate_of"})
    return {**shown, "duplicate": bool(facts.memory.duplicate_of)}
