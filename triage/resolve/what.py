"""Decides which group, licence, mailbox, share, server, service or device the words mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from triage.domain.request import Source
from triage.playbooks.model import Kind
from triage.resolve.directory import Directory, Thing
from triage.resolve.finding import NOTHING, Finding, things_found, unclear
from triage.resolve.lexicon import Phrases, listed
from triage.resolve.reading import Reading
from triage.resolve.things import Names, Sure, names_of, things_of

THINGS: Final = frozenset(
    {Kind.GROUP, Kind.LICENSE, Kind.MAILBOX, Kind.SHARE, Kind.SERVER, Kind.SERVICE, Kind.DEVICE}
)
"""The kinds of parameter that are things of the directory."""

_ADDRESS: Final = re.compile(r"[\w.+'-]*\w@\w[\w-]*(?:\.\w[\w-]*)+", re.IGNORECASE)
_UNC: Final = re.compile(r"\\\\[\w.-]+(?:\\[\w.$&-]+)+")
_ARROW: Final = re.compile(r"[-=]+>|→|⇒")
_NEAR: Final = 2
"""How many words may stand between a part of a name and the noun that makes it a reference."""
_SHORTEST_COMPOUND: Final = 8
_JOINED: Final = re.compile(r"\s*(?:,|/|\+|&|\band\b|\bund\b|\bet\b|\ben\b|\by\b|\bi\b|\be\b|\boraz\b)\s*")


@dataclass(frozen=True)
class Hit:
    """Words (indices) that name one of some things."""

    things: tuple[Thing, ...]
    sure: Sure
    first: int
    last: int


def find_thing(
    kind: Kind, reading: Reading, directory: Directory, *, several: bool, told: bool = False
) -> Finding:
    """Return the thing of this kind that is meant, with the words that say so.

    With `told` the words are known to name one (a field of the form), so that any part of a name will do.
    """
    hits = find_hits(kind, reading, directory, told=told)
    if kind is Kind.SERVICE:
        hits = _on_server(hits, find_hits(Kind.SERVER, reading, directory))
    if kind is Kind.SERVER and not hits:
        hits = _running(find_hits(Kind.SERVICE, reading, directory), directory)
    return choose(_wanted(hits, reading), reading, several=several)


def _running(services: Sequence[Hit], directory: Directory) -> tuple[Hit, ...]:
    """Return the server that alone runs a service named by more than a hint, where no server is named."""
    servers = {server.name: server for server in directory.servers}
    found = []
    for hit in services:
        owners = {service.owner for service in hit.things}
        if hit.sure > Sure.HINT and len(owners) == 1:
            found.append(replace(hit, things=tuple(servers[owner] for owner in owners)))
    return tuple(found)


def choose(hits: Sequence[Hit], reading: Reading, *, several: bool) -> Finding:
    """Return the one thing the surest words agree on, or several that are listed together."""
    if not hits:
        return NOTHING
    best = max(hit.sure for hit in hits)
    surest = _specific([hit for hit in hits if hit.sure == best])
    names = dict.fromkeys(thing.name for hit in surest for thing in hit.things)
    if len(names) == 1:
        return things_found(surest[0].things[:1], Source.TEXT, _quote(surest[0], reading))
    if several and all(len(hit.things) == 1 for hit in surest) and _enumerated(surest, reading):
        things = {hit.things[0].name: hit.things[0] for hit in surest}
        return things_found(
            tuple(things.values()), Source.TEXT, "; ".join(_quote(h, reading) for h in surest)
        )
    return unclear([thing for hit in surest for thing in hit.things])


def _on_server(hits: Sequence[Hit], servers: Sequence[Hit]) -> tuple[Hit, ...]:
    """Narrow services to those of the servers named; a hint only counts for a service that runs there."""
    named = {server.name for hit in servers for server in hit.things}
    narrowed = []
    for hit in hits:
        there = tuple(service for service in hit.things if service.owner in named)
        if there or hit.sure > Sure.HINT:
            narrowed.append(replace(hit, things=there or hit.things))
    return tuple(narrowed)


def _specific(hits: Sequence[Hit]) -> list[Hit]:
    """Drop what only says less than another hit ("Visio" beside "Visio Plan 2"); join halves that agree."""
    kept: list[Hit] = []
    for hit in hits:
        mine = {thing.name for thing in hit.things}
        if not any({t.name for t in other.things} < mine for other in hits):
            kept.append(hit)
    return kept


def _enumerated(hits: Sequence[Hit], reading: Reading) -> bool:
    return all(
        _JOINED.fullmatch(reading.text[reading.words[a.last - 1].end : reading.words[b.first].start])
        for a, b in pairwise(hits)
    )


def _wanted(hits: Sequence[Hit], reading: Reading) -> Sequence[Hit]:
    """Leave out what is to be given up for something else or kept as it is, if anything else is named."""
    leaves, enters = listed("things", "away"), listed("things", "towards")
    moved = any(enters.ends_at(reading.words, hit.first) for hit in hits)
    wanted = [
        hit
        for hit in hits
        if not _given_up(hit, reading)
        and not (moved and leaves.ends_at(reading.words, hit.first))
        and not _gives_way(hit, hits, reading)
    ]
    return wanted or hits


def _gives_way(hit: Hit, hits: Sequence[Hit], reading: Reading) -> bool:
    """Say whether another thing follows behind a "to" (`upgrade F3 to E3`, `F3 -> E3`)."""
    length = listed("things", "towards").length_at(reading.words, hit.last)
    if any(length and other.first == hit.last + length for other in hits):
        return True
    behind = next((other for other in hits if other.first == hit.last), None)
    return behind is not None and bool(_ARROW.search(reading.between(hit.last - 1, hit.last)))


def _given_up(hit: Hit, reading: Reading) -> bool:
    before, after = listed("things", "instead"), listed("things", "kept", "after")
    kept = listed("things", "kept", "before")
    return bool(
        before.ends_at(reading.words, hit.first)
        or kept.ends_at(reading.words, hit.first)
        or after.length_at(reading.words, hit.last)
    )


def find_hits(kind: Kind, reading: Reading, directory: Directory, *, told: bool = False) -> tuple[Hit, ...]:
    """Return every place that names a thing of this kind, in the order of the text."""
    names, nouns = names_of(kind, directory), None if told else _nouns(kind)
    found: list[Hit] = []
    taken: set[int] = set()
    finders = (
        _addressed(kind, reading, directory),
        _paths(kind, reading, directory),
        _named(names, nouns, reading),
    )
    for hits in (*finders, _compounds(kind, names, reading)):
        for hit in hits:
            span = set(range(hit.first, hit.last))
            if not span & taken:
                taken |= span
                found.extend([hit] if hit.things else [])
    return tuple(sorted(found, key=lambda hit: hit.first))


def _nouns(kind: Kind) -> Phrases | None:
    kinds = {Kind.GROUP, Kind.MAILBOX, Kind.SHARE, Kind.LICENSE}
    return listed("things", "nouns", kind.value) if kind in kinds else None


def _addressed(kind: Kind, reading: Reading, directory: Directory) -> Iterator[Hit]:
    """Yield addresses; those of nothing of this kind yield no thing, so that their parts are left alone."""
    for found in _ADDRESS.finditer(reading.text):
        address = found.group().lower().strip(".")
        things = tuple(thing for thing in things_of(kind, directory) if thing.mail and thing.mail == address)
        yield from _span(things, reading, found.start(), found.end())


def _paths(kind: Kind, reading: Reading, directory: Directory) -> Iterator[Hit]:
    """Yield UNC paths, also of folders below a share; an unknown path yields no thing."""
    if kind is not Kind.SHARE:
        return
    for share in directory.shares:
        parts = [re.escape(part) for part in share.name.split("\\") if part]
        pattern = r"(?<![\w\\/])[\\/]*" + r"[\\/]+".join(parts) + r"(?![\w-])(?:[\\/][\w.$&-]+)*"
        for found in re.finditer(pattern, reading.text, re.IGNORECASE):
            yield from _span((share,), reading, found.start(), found.end())
    for found in _UNC.finditer(reading.text):
        yield from _span((), reading, found.start(), found.end())


def _span(things: tuple[Thing, ...], reading: Reading, start: int, end: int) -> Iterator[Hit]:
    inside = [i for i, word in enumerate(reading.words) if start <= word.start < end]
    if inside:
        yield Hit(things, Sure.NAME, inside[0], inside[-1] + 1)


def _named(names: Names, nouns: Phrases | None, reading: Reading) -> Iterator[Hit]:
    """Yield names and parts of names, the longest first."""
    words = reading.words
    for length in range(min(names.longest, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            found = names.at([word.key for word in words[first : first + length]])
            if not found or "\n" in reading.text[words[first].start : words[first + length - 1].end]:
                continue
            yield from _judged(found, nouns, reading, first, first + length)


def _judged(
    found: Sequence[tuple[Thing, Sure]], nouns: Phrases | None, reading: Reading, first: int, last: int
) -> Iterator[Hit]:
    """Weigh a match: an everyday word needs a noun of its kind beside it, or to be quoted."""
    beside = nouns is not None and (_noun_near(nouns, reading, first, last) or _quoted(reading, first, last))
    best = max(sure for _, sure in found)
    things = tuple(thing for thing, sure in found if sure == best)
    hints_count = nouns is None or (best is Sure.WORD and all(w.capital for w in reading.words[first:last]))
    if best <= Sure.WORD and not beside and not hints_count:
        return
    sure = Sure.PART if best <= Sure.WORD and beside else best
    yield Hit(_of_noun_kind(things, reading, last), sure, first, last)


def _noun_near(nouns: Phrases, reading: Reading, first: int, last: int) -> bool:
    """Say whether a noun of the kind stands close before or behind, on the same line."""
    words = reading.words
    for gap in range(_NEAR + 1):
        for at in (last + gap, first - 1 - gap):
            inside = 0 <= at < len(words)
            if inside and nouns.length_at(words, at) and not _crosses(reading, first, last, at):
                return True
    return False


def _crosses(reading: Reading, first: int, last: int, at: int) -> bool:
    start, end = sorted((reading.words[first].start, reading.words[at].start))
    between = reading.text[start : max(end, reading.words[last - 1].end if at >= last else end)]
    return bool(re.search(r"\n|[.!?;]\s", between))


def _quoted(reading: Reading, first: int, last: int) -> bool:
    start, end = reading.words[first].start, reading.words[last - 1].end
    return reading.text[start - 1 : start] in _QUOTES and reading.text[end : end + 1] in _QUOTES and start > 0


_QUOTES: Final = frozenset("\"'„“”‚‘’«»‹›")


def _of_noun_kind(things: tuple[Thing, ...], reading: Reading, last: int) -> tuple[Thing, ...]:
    """Narrow groups by the noun behind: a "list" is a distribution list, a "team" a Microsoft 365 group."""
    if len(things) < 2:
        return things
    around = {word.key for word in reading.words[max(0, last - 5) : last + 3]}
    for kind, nouns in _KIND_NOUNS.items():
        if around & nouns:
            narrowed = tuple(thing for thing in things if thing.kind == kind)
            return narrowed or things
    return things


_KIND_NOUNS: Final = {
    "distribution": frozenset(
        "list lists verteiler verteilerliste mailverteiler distribution distro dl liste lijst lista"
        " diffusion".split()
    ),
    "microsoft365": frozenset("team teams channel kanal workspace equipe equipo zespol".split()),
    "security": frozenset("security sicherheitsgruppe ad sg".split()),
}


def _compounds(kind: Kind, names: Names, reading: Reading) -> Iterator[Hit]:
    """Yield German and Dutch compounds of a name and a noun (`Finanzlaufwerk`, `VPNGruppe`)."""
    nouns = _nouns(kind)
    if nouns is None:
        return
    endings = sorted(
        (phrase[0] for phrase in nouns.exact if len(phrase) == 1 and len(phrase[0]) > 2), key=len
    )
    for at, word in enumerate(reading.words):
        if len(word.key) < _SHORTEST_COMPOUND:
            continue
        for ending in reversed(endings):
            stem = word.key.removesuffix(ending)
            if stem != word.key:
                found = names.at([stem]) or names.at([stem.removesuffix("s")]) or names.at([stem + "s"])
                if found:
                    yield Hit(tuple(thing for thing, _ in found), Sure.PART, at, at + 1)
                break


def _quote(hit: Hit, reading: Reading) -> str:
    return reading.quote(reading.words[hit.first].start, reading.words[hit.last - 1].end)
