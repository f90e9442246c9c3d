"""The published runbooks of the Automation account, by name."""

from __future__ import annotations

from triage.sandbox.runbooks import reset_ad_password, restart_allowed_service, unlock_ad_account

TWINS = {
    twin.name: twin for twin in (reset_ad_password.TWIN, restart_allowed_service.TWIN, unlock_ad_account.TWIN)
}
