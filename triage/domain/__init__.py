"""The nouns of the service: frozen values without any input or output."""
