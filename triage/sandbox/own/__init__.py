"""What the make-believe company added by itself: a label of its own, and the runbook that serves it."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
"""What `TRIAGE_PLAYBOOKS_DIR` names for the company."""
