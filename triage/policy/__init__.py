"""Decides, as a pure function of facts, what may happen by itself and who must agree."""
