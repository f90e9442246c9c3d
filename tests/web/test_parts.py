"""The small parts, without a service: marks in a text, the order of the queue, shared news."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from triage.web.feed import Feed
from triage.web.pages.marks import marked
from triage.web.pages.render import percent, shortened, words
from triage.web.session import local, session_key


def test_a_word_that_spoke_is_marked_with_its_weight() -> None:
    text = marked("Visio, please: VISIO", {"visio": 1.91, "please": -0.4})
    assert text.count("<sup>+1.9</sup>") == 2
    assert '<mark class="against w1">please<sup>-0.4</sup></mark>' in text


@given(st.text(), st.text(min_size=1))
def test_marked_text_is_never_markup(text: str, word: str) -> None:
    found = str(marked(text, {word.lower(): 1.0}))
    for part in ('<mark class="for w2">', "<sup>+1.0</sup>", "</mark>", "<br>"):
        found = found.replace(part, "")
    assert "<" not in found
    assert ">" not in found


def test_certainty_is_never_rounded_up() -> None:
    assert [percent(one) for one in (1.0, 0.99996, 0.5, 0.0)] == ["99.9 %", "99.9 %", "50.0 %", "0.0 %"]


def test_hashes_and_ids_are_cut_and_words_are_not() -> None:
    text = f"plan {'a' * 64}; policy sha256:{'b' * 64}; decision 4898ec0e-e41a-40fd-8b7b-a974c10c915a."
    assert shortened(text) == f"plan {'a' * 12}; policy {'b' * 12}; decision 4898ec0e."
    assert words("outcome_unknown") == "outcome unknown"


@given(st.text())
def test_a_way_back_stays_here(path: str) -> None:
    found = local(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_the_key_of_sessions_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    key = session_key(tmp_path)
    assert session_key(tmp_path) == key
    assert (tmp_path / "keys" / "session.key").stat().st_mode & 0o077 == 0


async def test_everybody_hears_the_news_and_one_look_serves_all() -> None:
    looks = 0
    mark = "1"

    async def look() -> str:
        nonlocal looks
        looks += 1
        return mark

    feed = Feed(look, pause=0.01)
    watchers = [feed.marks(5) for _ in range(3)]
    assert [await anext(one) for one in watchers] == ["1", "1", "1"]
    assert looks == 1
    mark = "2"
    assert [await anext(one) for one in watchers] == ["2", "2", "2"]
    for one in watchers:
        await one.aclose()


async def test_silence_is_broken_so_that_a_lost_watcher_is_noticed() -> None:
    async def look() -> str:
        return "1"

    watcher = Feed(look).marks(0.01)
    assert [await anext(watcher) for _ in range(3)] == ["1", "", ""]
    await watcher.aclose()


async def test_nobody_looks_while_nobody_watches() -> None:
    async def look() -> str:
        return "1"

    feed = Feed(look, pause=0.01)
    watcher = feed.marks(1)
    await anext(watcher)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await watcher.aclose()
    await asyncio.wait(others, timeout=5)
    assert all(one.cancelled() for one in others)


async def test_watchers_are_sent_home_when_the_service_stops() -> None:
    async def look() -> str:
        return "1"

    feed = Feed(look)
    watchers = [feed.marks(600) for _ in range(2)]
    for one in watchers:
        await anext(one)
    feed.end()
    assert [[mark async for mark in one] for one in watchers] == [[], []]
