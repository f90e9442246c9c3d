"""The published runbooks of the Automation account, by name: ours, and the company's own."""

from __future__ import annotations

from triage.sandbox.runbooks import (
    clear_print_queue,
    new_shared_mailbox,
    reset_ad_password,
    restart_allowed_service,
    set_ad_account_state,
    set_ad_group_member,
    set_ad_profile,
    set_address_list_visibility,
    set_distribution_group_member,
    set_mailbox_permission,
    set_mailbox_type,
    unlock_ad_account,
)

TWINS = {
    twin.name: twin
    for twin in (
        clear_print_queue.TWIN,
        new_shared_mailbox.TWIN,
        reset_ad_password.TWIN,
        restart_allowed_service.TWIN,
        set_ad_account_state.TWIN,
        set_ad_group_member.TWIN,
        set_ad_profile.TWIN,
        set_address_list_visibility.TWIN,
        set_address_list_visibility.AD_TWIN,
        set_distribution_group_member.TWIN,
        set_mailbox_permission.TWIN,
        set_mailbox_permission.ONPREM_TWIN,
        set_mailbox_type.TWIN,
        unlock_ad_account.TWIN,
    )
}
