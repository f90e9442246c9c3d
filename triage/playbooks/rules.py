"""What a site's own playbooks say of tier and approvals, as rules of the policy: they only ever forbid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from triage.playbooks.model import Playbook

_RULES: Final = """\
@id("{label}.always_people")
@sentence("A runbook of the site's own: people agree, as the site's playbook says.")
@tier("{tier}") @role("{role}") @approvals("{approvals}")
forbid (principal, action == Triage::Action::"AutoExecute", resource == Triage::Label::"{label}");

@id("{label}.outside")
@sentence("The requester is nobody in the directory, and only staff may ask for this.")
forbid (
  principal,
  action in [Triage::Action::"Offer", Triage::Action::"AutoExecute"],
  resource == Triage::Label::"{label}"
)
when {{ context.ask.actionable && context.relation.outside }};
"""


def rules_of(playbooks: Mapping[str, Playbook]) -> dict[str, str]:
    """Return the rules of the site's own labels, Cedar texts by the name of the file that says so."""
    return {
        f"playbooks/{label}.yaml": _RULES.format(
            label=label,
            tier=int(playbook.tier),
            role=playbook.approver.value,
            approvals=playbook.approvals,
        )
        for label, playbook in sorted(playbooks.items())
        if playbook.own
    }
