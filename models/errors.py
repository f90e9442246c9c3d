"""What can go wrong with a model, each with the next step in `hint`.

ModelError
├── NoModel       nothing is promoted, or there is no such version
├── Tampered      a file is missing, truncated or not the one that was saved
├── Untrusted     nobody whom this host trusts has signed the version
└── WrongFormat   the artefact was written by another format or another scikit-learn
"""


class ModelError(Exception):
    """Something about a model; `hint` says in plain words what to do next."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class NoModel(ModelError):  # noqa: N818 - errors are named for what happened
    """No model is promoted, or the version asked for does not exist."""


class Tampered(ModelError):  # noqa: N818 - errors are named for what happened
    """A file of the artefact is missing, truncated or differs from its manifest."""


class Untrusted(ModelError):  # noqa: N818 - errors are named for what happened
    """The version is not signed, or by a key that this host does not trust; or a key is no key."""


class WrongFormat(ModelError):  # noqa: N818 - errors are named for what happened
    """The artefact belongs to another format version or another scikit-learn."""
