"""Names of experiments and commands that were given none: three words at random, as the master's petname library makes them."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakedet.world import World

ADVERBS = ("gladly", "mostly", "rarely", "neatly", "barely", "kindly", "oddly", "quietly", "warmly", "wildly", "firmly", "subtly")
ADJECTIVES = ("brave", "calm", "eager", "fancy", "gentle", "honest", "jolly", "lucky", "modest", "proud", "quick", "tidy")
ANIMALS = ("badger", "crane", "dingo", "ferret", "gecko", "heron", "lynx", "marten", "otter", "quail", "tapir", "weasel")


def random_name(world: "World") -> str:
    """An adverb, an adjective and an animal."""
    return "-".join(words[world.ids.number(len(words))] for words in (ADVERBS, ADJECTIVES, ANIMALS))
