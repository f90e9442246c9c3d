"""What whoever misused an account may have left: rules of the inbox, and methods to sign in."""

from __future__ import annotations

from actions.clients.graph import GraphClient
from actions.errors import NotFound, OutsideError, Throttled


async def traces_of(user_id: str, graph: GraphClient) -> tuple[str, ...]:
    """Return a line for each inbox rule and each sign-in method, or why they could not be read.

    Raises:
        Throttled: Graph asks to come back later.
    """
    return (*await _rules(user_id, graph), *await _methods(user_id, graph))


async def _rules(user_id: str, graph: GraphClient) -> tuple[str, ...]:
    try:
        rules = await graph.mailboxes.inbox_rules(user_id)
    except Throttled:
        raise
    except NotFound:
        return ("Inbox rules: there is no mailbox in Exchange Online.",)
    except OutsideError:
        return ("Inbox rules: they could not be read; look at them by hand.",)
    return tuple(f"Inbox rule {rule.told}." for rule in rules) or ("Inbox rules: none.",)


async def _methods(user_id: str, graph: GraphClient) -> tuple[str, ...]:
    try:
        methods = await graph.factors.of_user(user_id)
    except Throttled:
        raise
    except OutsideError:
        return ("Sign-in methods: they could not be read; look at them by hand.",)
    told = ", ".join(method.told for method in methods)
    return (f"Sign-in methods besides the password: {told or 'none'}.",)
