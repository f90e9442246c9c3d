"""The page on which a make-believe person signs in: Entra's authorize endpoint, opened by a browser."""

from triage.sandbox.sign_in.app import app_for

__all__ = ["app_for"]
