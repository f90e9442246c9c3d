"""From the outside's form of a ticket to ours, each revision taken in once."""
