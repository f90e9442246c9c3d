"""How surely it is known that somebody asks: methods of proof, each in a file, and what they are worth."""
