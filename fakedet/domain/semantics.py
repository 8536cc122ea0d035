"""The two readings of the master that a world can follow where 0.38.1 contradicts its own documentation.

`DOCUMENTED` does what the documentation says, `UPSTREAM` what 0.38.1 does. Everywhere else they are the same. Each
contradiction has a name here; where a call meets one, its journal entry and the reply header X-Fakedet-Notice say so.
"""
from __future__ import annotations

import enum

DOCUMENTED = "documented"
UPSTREAM = "upstream"


class Difference(enum.Enum):
    """A contradiction; its value tells what 0.38.1 does, after what is documented."""

    GC_LATEST_WITHIN_TRIAL = ("save_trial_latest counts within each trial; "
                              "0.38.1 counts the checkpoints without validation of all trials together")
    GC_POLICY_APPLIES_AT_ONCE = "a changed policy is applied at once; 0.38.1 applies the one before the change"
    TRIAL_LIST_BEST_FIRST = ("a trial lists its checkpoints as its experiment does, best first; "
                             "0.38.1 lists by searcher metric ascending, those without one first")
    TRIAL_START_WITHOUT_RESUME = "a trial that has never run starts where resume is not sent; in 0.38.1 every such call fails"

    @property
    def notice(self) -> str:
        """One line for the journal."""
        return f"{self.name.lower().replace('_', '-')}: {self.value}"
