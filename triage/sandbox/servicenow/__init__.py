"""A make-believe ServiceNow instance over the shared tenant: `found` makes it, `app_for` serves it."""

from triage.sandbox.servicenow.app import app_for
from triage.sandbox.servicenow.founding import found
from triage.sandbox.servicenow.instance import Instance, credentials
from triage.sandbox.servicenow.meddling import meddle

__all__ = ["Instance", "app_for", "credentials", "found", "meddle"]
