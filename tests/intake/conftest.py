"""What the tests of intake ask for."""

from tests.intake.book import book
from tests.intake.instance import desk

__all__ = ["book", "desk"]
