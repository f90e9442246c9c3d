"""The sandbox's own window: the make-believe company as it now is, and what changed when."""

from triage.sandbox.window.app import HOSTS, app_for

__all__ = ["HOSTS", "app_for"]
