"""Clusters as programs see them, shared with the tests of the services."""
from __future__ import annotations

from tests.services.conftest import make_detached  # noqa: F401 - a fixture
