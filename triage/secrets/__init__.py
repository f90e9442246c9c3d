"""One-time secrets: sealed before they take effect, opened once by a link, destroyed otherwise."""
