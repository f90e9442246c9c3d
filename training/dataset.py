"""The rows a model is taught and measured with, as columns of equal length."""

from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Strings = NDArray[np.object_]


@dataclass(frozen=True)
class Dataset:
    """Prepared rows; every attribute has one entry a row.

    Attributes:
        texts: Prepared texts (see `models.text.prepare`).
        labels: Given labels.
        groups: Rows with the same group never stand on both sides of a split: frame id or template.
        numbers: Ticket numbers, or `line N`.
        opened: Opening time in seconds since 1970; NaN if unknown.
        languages: ISO 639-1 codes; empty if unknown.
        own: False for rows of the shipped corpus: they teach, and are never measured on.
        times: How many equal rows a fair sample of the export held; 0 for rows that were read beside that
            sample, so that a rare label can be learnt, and for the corpus.
    """

    texts: Strings
    labels: Strings
    groups: Strings
    numbers: Strings
    opened: NDArray[np.float64]
    languages: Strings
    own: NDArray[np.bool_]
    times: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.texts)

    def at(self, rows: NDArray[np.int64]) -> "Dataset":
        """Return the given rows, in that order."""
        return Dataset(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def joined(self, other: "Dataset") -> "Dataset":
        """Return these rows followed by the other's."""
        return Dataset(
            **{
                each.name: np.concatenate([getattr(self, each.name), getattr(other, each.name)])
                for each in fields(self)
            }
        )


def seconds(opened_at: str) -> float:
    """Return a ServiceNow date-time as seconds since 1970, whatever its zone; NaN if unreadable."""
    text = opened_at.strip()
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%d.%m.%Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%Y-%m-%d",
    ):
        try:
            return (datetime.strptime(text[:19], pattern) - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001, DTZ007
        except ValueError:
            continue
    return float("nan")
