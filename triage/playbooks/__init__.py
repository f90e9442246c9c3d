"""Runbooks as data: one YAML file a label says what is needed, what is done and what the requester reads."""
