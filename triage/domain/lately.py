"""What was asked or done lately, as counts and marks that rules speak about."""

from __future__ import annotations

from actions.vocabulary import Frozen


class MemoryFacts(Frozen):
    """What was asked or done lately, by us or, read from Entra's directoryAudits, outside us.

    Counts are numbers of other tickets whose effect was done in the window; `alike_10m` counts tickets of the
    same label that were asked. `factor_change_*` and `password_change_72h` also tell of what was only asked;
    `contact_changed_30d` tells of a changed factor or contact point of recovery. `credentials_of_others_24h`:
    for how many other people this requester asked for a credential. `breaker_open`: the circuit breaker of
    the action is open. `frozen`: the person said "this wasn't me" to this label.
    `known` is false when the memory or the audits could not be read, and then nothing may be automated.
    """

    known: bool = False
    duplicate_of: str = ""
    credential_24h: int = 0
    credential_30d: int = 0
    factor_change_72h: bool = False
    factor_change_24h: bool = False
    password_change_72h: bool = False
    contact_changed_30d: bool = False
    requester_factor_change_24h: bool = False
    person_1h: int = 0
    person_24h: int = 0
    person_7d: int = 0
    requester_1h: int = 0
    requester_24h: int = 0
    requester_7d: int = 0
    credentials_of_others_24h: int = 0
    action_1h: int = 0
    action_24h: int = 0
    action_7d: int = 0
    department_1h: int = 0
    department_24h: int = 0
    department_7d: int = 0
    tenant_1h: int = 0
    tenant_24h: int = 0
    tenant_7d: int = 0
    alike_10m: int = 0
    breaker_open: bool = False
    frozen: bool = False
