"""The story of a ticket as durable steps; the only caller of `execute` and `undo`."""
