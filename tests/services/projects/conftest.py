"""Projects beside the first one."""
from __future__ import annotations

from tests.services.runs.conftest import two as two
