"""What the tests of intake ask for."""

from tests.intake.instance import desk

__all__ = ["desk"]
