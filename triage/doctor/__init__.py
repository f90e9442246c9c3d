"""Looks at everything the service stands on and says of each part whether it holds, and what to do next."""
