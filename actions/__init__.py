"""Everything that touches the outside: clients, the catalogue of actions, runbooks."""
