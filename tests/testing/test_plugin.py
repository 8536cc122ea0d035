"""The pytest plugin as a downstream project meets it: no conftest, any scope, xdist, the user's own mocks, an untouched home."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = ["-p", "no:cacheprovider"]


def run(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    """Run `source` as a project's only test file, in a process of its own."""
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess(*PLUGIN, *arguments)


def test_the_fixture_is_there_without_a_conftest(pytester: pytest.Pytester) -> None:
    run(pytester, """
        def test_best(fake_determined):
            experiment = fake_determined.experiment(trials=2, validations=3, metric="loss")
            values = [c.training.validation_metrics["avgMetrics"]["loss"] for c in experiment.list_checkpoints()]
            assert len(values) == 6 and values == sorted(values)
    """).assert_outcomes(passed=1)


def test_each_test_has_a_cluster_of_its_own(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import pytest
        @pytest.mark.parametrize("turn", [1, 2])
        def test_first_id(fake_determined, turn):
            assert fake_determined.experiment().id == 1
    """).assert_outcomes(passed=2)


@pytest.mark.slow
def test_the_sdks_module_signs_in_anew_in_each_test(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import pytest
        from determined.experimental import client
        @pytest.fixture(scope="module", autouse=True)
        def outer(fake_determined_module):
            client.login()
            yield
            assert client.list_experiments() == []
        @pytest.mark.parametrize("turn", [1, 2])
        def test_login(fake_determined, turn):
            client.login()
            fake_determined.experiment()
            assert len(client.list_experiments()) == 1
    """).assert_outcomes(passed=2)


@pytest.mark.slow
def test_wider_scopes_share_one(pytester: pytest.Pytester) -> None:
    run(pytester, """
        def test_one(fake_determined_module, fake_determined_session):
            assert fake_determined_module.experiment().id == 1 and fake_determined_session.experiment().id == 1
        def test_two(fake_determined_module, fake_determined_session):
            assert fake_determined_module.experiment().id == 2 and fake_determined_session.experiment().id == 2
    """).assert_outcomes(passed=2)


@pytest.mark.slow
def test_several_clusters_live_side_by_side(pytester: pytest.Pytester) -> None:
    run(pytester, """
        def test_two(make_fake_determined):
            one, other = make_fake_determined(), make_fake_determined(seed=7)
            one.experiment(), one.experiment()
            assert (len(one.client.list_experiments()), len(other.client.list_experiments())) == (2, 0)
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize("marker, options, ini", [
    ("@pytest.mark.fakedet(agents=0)", [], ""), ("", ["--fakedet-agents=0"], ""), ("", [], "fakedet_agents = 0")])
def test_settings_come_from_marker_option_and_ini(pytester: pytest.Pytester, marker: str, options: list[str], ini: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    run(pytester, f"""
        import pytest
        {marker}
        def test_no_agents(fake_determined):
            assert fake_determined.world.settings.agents == 0
    """, *options, "--strict-markers").assert_outcomes(passed=1)


@pytest.mark.slow
def test_it_works_under_xdist(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import pytest
        @pytest.mark.parametrize("turn", range(8))
        def test_alone(fake_determined, turn):
            assert fake_determined.experiment(trials=1).id == 1
    """, "-n", "2").assert_outcomes(passed=8)


@pytest.mark.slow
def test_the_real_cli_finds_the_cluster_in_process_and_as_a_process(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import subprocess, sys
        def test_det(fake_determined):
            fake_determined.experiment(name="seen")
            inside = fake_determined.det("experiment list")
            outside = subprocess.run([sys.executable, "-m", "determined.cli", "experiment", "list"], capture_output=True, text=True)
            assert (inside.exit_code, outside.returncode) == (0, 0)
            assert "seen" in inside.stdout and inside.stdout == outside.stdout
    """).assert_outcomes(passed=1)


def test_the_users_sign_ins_are_neither_read_nor_written(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    home = pytester.mkdir("home")
    auth = home / ".config" / "determined" / "auth.json"
    auth.parent.mkdir(parents=True)
    auth.write_text("not even JSON")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    run(pytester, """
        from determined.experimental import client
        def test_login(fake_determined):
            client.login()
            assert fake_determined.det("experiment list").exit_code == 0
    """).assert_outcomes(passed=1)
    assert auth.read_text() == "not even JSON"
    assert [path for path in home.rglob("*") if path.is_file()] == [auth]


def test_the_users_own_mocks_live_beside_it(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import requests, responses
        @responses.activate
        def test_both(fake_determined):
            responses.get("http://elsewhere.example/x", json={"mine": True})
            assert requests.get("http://elsewhere.example/x").json() == {"mine": True}
            assert fake_determined.experiment().id == 1
    """).assert_outcomes(passed=1)


def test_snapshots_bring_a_cluster_back(pytester: pytest.Pytester) -> None:
    run(pytester, """
        def test_back(fake_determined):
            fake_determined.experiment()
            before = fake_determined.snapshot()
            fake_determined.experiment()
            fake_determined.restore(before)
            assert [e.id for e in fake_determined.client.list_experiments()] == [1]
    """).assert_outcomes(passed=1)


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = ("import pytest, sys; before = set(sys.modules); import fakedet.testing.plugin; "
            "print(sorted({name.split('.')[0] for name in set(sys.modules) - before}))")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "['fakedet']"


def test_a_run_with_warnings_as_errors_is_clean(pytester: pytest.Pytester) -> None:
    run(pytester, """
        import urllib.request
        def test_socket(fake_determined):
            assert urllib.request.urlopen(fake_determined.url + "/info").status == 200
    """, "-W", "error").assert_outcomes(passed=1)


def test_a_downloaded_checkpoint_is_real_files(pytester: pytest.Pytester, tmp_path: Path) -> None:
    run(pytester, """
        def test_download(fake_determined, tmp_path):
            checkpoint = fake_determined.experiment().list_checkpoints()[0]
            folder = checkpoint.download(path=str(tmp_path / "c"))
            sizes = {str(p.relative_to(folder)): p.stat().st_size for p in (tmp_path / "c").rglob("*") if p.is_file()}
            assert sizes == {name: int(size) for name, size in checkpoint.resources.items() if not name.endswith("/")}
    """).assert_outcomes(passed=1)
