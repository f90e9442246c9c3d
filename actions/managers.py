"""Who leads whom: who can lead somebody, and what a change of manager is as a plan."""

from __future__ import annotations

from actions.clients.graph.values import User
from actions.contract import Blocker, World
from actions.guards import find_user, shown
from actions.vocabulary import Change, Plan


def leader_blockers(manager: User | None) -> tuple[Blocker, ...]:
    """Return why nobody can report to this account."""
    if manager is None:
        return (Blocker("manager_not_found", "There is no such manager: ask who leads the person."),)
    if manager.guest or not manager.account_enabled:
        sentence = f"{shown(manager)} is a guest or disabled; ask who leads the person."
        return (Blocker("manager_cannot_lead", sentence),)
    return ()


async def manager_blockers(world: World, user_id: str, manager_id: str) -> tuple[Blocker, ...]:
    """Return why somebody cannot report to this manager: nobody leads themselves, or one who leads them."""
    if user_id == manager_id:
        return (Blocker("own_manager", "Nobody reports to themselves; ask who leads the person."),)
    manager = await find_user(world, manager_id)
    above = await world.graph.users.manager(manager_id) if manager else None
    if above is not None and above.id == user_id:
        sentence = "The manager asked for reports to this very person; one of the two must change first."
        return (*leader_blockers(manager), Blocker("manager_circle", sentence))
    return leader_blockers(manager)


async def manager_plan(world: World, user: User, target: str, manager_id: str) -> Plan:
    """Return nothing for who reports there already, else one manager of `target`, by the name to sign in."""
    before = await world.graph.users.manager(user.id)
    if before is not None and before.id == manager_id:
        return Plan()
    after = await world.graph.users.get(manager_id)
    names = (before.user_principal_name if before else None, after.user_principal_name)
    return Plan(changes=(Change(target=target, field="manager", before=names[0], after=names[1]),))
