"""The pytest plugin: fixtures `fake_determined`, `fake_determined_module`, `fake_determined_session`, `make_fake_determined`.

It is loaded in every pytest run of a project that has fakedet installed, so it imports nothing heavy before a fixture is used.
"""
from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable, Iterator

import pytest

if TYPE_CHECKING:
    from fakedet.testing.cluster import FakeCluster
    from fakedet.testing.process import Hub

MARKER = "fakedet(**settings): settings of the cluster that this test's `fake_determined` is, e.g. fakedet(agents=0)"
SETTINGS = ("agents", "slots", "trials", "speed", "semantics", "storage", "seed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each setting as an option --fakedet-NAME and an ini value fakedet_NAME."""
    group = parser.getgroup("fakedet", "fakedet, the test double of the Determined master")
    for name in SETTINGS:
        group.addoption(f"--fakedet-{name}", dest=f"fakedet_{name}", help=f"the setting {name} of every fake cluster")
        parser.addini(f"fakedet_{name}", f"the setting {name} of every fake cluster")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A cluster must have read its files before a fake file system hides them."""
    fixtures = getattr(item, "fixturenames", ())
    if "_fakedet_hub" in fixtures and any(name.startswith("fs") for name in fixtures):
        from fakedet.testing.warming import takes_the_files_away, warm_up

        if takes_the_files_away(fixtures):
            item.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # clusters keep a path in it
            warm_up()


@pytest.fixture(scope="session")
def _fakedet_hub() -> Iterator["Hub"]:
    """The one port of this process that all fake clusters share."""
    from fakedet.testing.process import Hub

    with Hub() as hub:
        yield hub


@pytest.fixture
def fake_determined(request: pytest.FixtureRequest, _fakedet_hub: "Hub", tmp_path_factory: pytest.TempPathFactory) -> Iterator["FakeCluster"]:
    """A Determined cluster of this test's own, with the environment set so that every client finds it."""
    with _cluster(request, _fakedet_hub, tmp_path_factory, _marked(request)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def fake_determined_module(request: pytest.FixtureRequest, _fakedet_hub: "Hub", tmp_path_factory: pytest.TempPathFactory) -> Iterator["FakeCluster"]:
    """One cluster for all tests of a module."""
    with _cluster(request, _fakedet_hub, tmp_path_factory, {}) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def fake_determined_session(request: pytest.FixtureRequest, _fakedet_hub: "Hub", tmp_path_factory: pytest.TempPathFactory) -> Iterator["FakeCluster"]:
    """One cluster for the whole run."""
    with _cluster(request, _fakedet_hub, tmp_path_factory, {}) as cluster:
        yield cluster


@pytest.fixture
def make_fake_determined(request: pytest.FixtureRequest, _fakedet_hub: "Hub") -> Iterator[Callable[..., "FakeCluster"]]:
    """A function that makes clusters, several in one test: `make_fake_determined(agents=0)`."""
    with contextlib.ExitStack() as stack:
        def make(**settings: Any) -> "FakeCluster":
            return stack.enter_context(_fakedet_hub.cluster({**_configured(request.config), **settings}))
        yield make


@contextlib.contextmanager
def _cluster(request: Any, hub: "Hub", folders: pytest.TempPathFactory, settings: dict[str, Any]) -> Iterator["FakeCluster"]:
    from fakedet.testing.cluster import environment_of

    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(hub.cluster({**_configured(request.config), **settings}))
        stack.enter_context(environment_of(cluster, str(folders.getbasetemp() / f"fakedet-auth-{cluster.world.name}.json")))
        yield cluster
        if cluster.world.failures:
            pytest.fail(f"fakedet met errors that it did not plan for: {cluster.world.failures}", pytrace=False)


def _configured(config: pytest.Config) -> dict[str, Any]:
    values = {name: config.getoption(f"fakedet_{name}") or config.getini(f"fakedet_{name}") for name in SETTINGS}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("fakedet"))):
        settings.update(marker.kwargs)
    return settings
