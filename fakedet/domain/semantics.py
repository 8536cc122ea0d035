"""The two readings of the master that a world can follow where 0.38.1 contradicts its own documentation.

`DOCUMENTED` does what the documentation says, `UPSTREAM` what 0.38.1 does. Everywhere else they are the same.
"""
from __future__ import annotations

DOCUMENTED = "documented"
UPSTREAM = "upstream"
