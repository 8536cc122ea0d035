"""Routing under /api/v1 answers as grpc-gateway behind the master's echo server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet import spec
from fakedet.gateway.routes import BadPath, match

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "path", "rpc", "params"),
    [
        ("GET", "/me", "GetMe", {}),
        ("GET", "/me/", "GetMe", {}),
        ("GET", "/me:", "GetMe", {}),
        ("GET", "/models/", "GetModels", {}),
        ("GET", "/models//", "GetModel", {"model_name": ""}),
        ("GET", "/models/m/", "GetModel", {"model_name": "m"}),
        ("GET", "/models/.", "GetModel", {"model_name": "."}),
        ("GET", "/models/..", "GetModel", {"model_name": ".."}),
        ("GET", "/models/x:", "GetModel", {"model_name": "x"}),
        ("GET", "/models/x:y/versions", "GetModelVersions", {"model_name": "x:y"}),
        ("GET", "/models/m;v=1", "GetModel", {"model_name": "m;v=1"}),
        ("GET", "/models/a+b", "GetModel", {"model_name": "a+b"}),
        ("GET", "/models/%61%20b", "GetModel", {"model_name": "a b"}),
        ("GET", "/models/x%2541", "GetModel", {"model_name": "x%41"}),
        ("GET", "/models/%C3%A9", "GetModel", {"model_name": "é"}),
        ("GET", "/models/%E9", "GetModel", {"model_name": "\udce9"}),
        ("GET", "/models/a%2fversions", "GetModelVersions", {"model_name": "a"}),
        ("GET", "/m%6Fdels", "GetModels", {}),
        ("GET", "/models%2Fa%20b", "GetModel", {"model_name": "a b"}),
        ("GET", "/models/{}", "GetModel", {"model_name": "{}"}),
        ("GET", "/users/setting", "GetUserSetting", {}),
        ("GET", "/users/7", "GetUser", {"user_id": "7"}),
        ("GET", "/tasks/count", "GetActiveTasksCount", {}),
        ("GET", "/trials/time-series", "CompareTrials", {}),
        ("PATCH", "/experiments/3", "PatchExperiment", {"experiment.id": "3"}),
        ("POST", "/trials/3/metrics", "ReportTrialMetrics", {"metrics.trial_id": "3"}),
    ],
)
def test_path_reaches_the_first_declared_route_that_fits(method: str, path: str, rpc: str, params: dict[str, str]) -> None:
    found = match(method, "/api/v1" + path, {})
    assert found is not None
    assert (found.rpc.name, found.path_params) == (rpc, params)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nope"),
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/Me"),
        ("GET", "/me//"),
        ("GET", "//me"),
        ("GET", "/./me"),
        ("GET", "/x/../me"),
        ("GET", "/me;a=1"),
        ("GET", "/models/x:y"),
        ("GET", "/models/:y"),
        ("GET", "/models/x%3Ay"),
        ("GET", "/users/1:x"),
        ("GET", "/models/a%2Fb"),
        ("GET", "/models/a/b/c/d"),
        ("GET", "/experiments/1/nothing"),
        ("DELETE", "/me"),
        ("HEAD", "/me"),
        ("OPTIONS", "/me"),
        ("TRACE", "/me"),
        ("POST", "/me"),
        ("PUT", "/models/x"),
        ("GET", "/models/x/archive"),
        ("POST", "/experiments/1"),
    ],
)
def test_anything_else_reaches_nothing(method: str, path: str) -> None:
    assert match(method, "/api/v1" + path, {}) is None


@pytest.mark.parametrize("path", ["/models/%", "/models/%zz", "/models/%4", "/%/me"])
def test_broken_escape_in_a_path_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        match("GET", "/api/v1" + path, {})


@pytest.mark.parametrize(
    ("method", "path", "headers", "rpc"),
    [
        ("POST", "/me", FORM, "GetMe"),
        ("POST", "/models", FORM, "PostModel"),
        ("POST", "/me", {"content-type": "application/json"}, None),
        ("POST", "/me", {"x-http-method-override": "GET"}, None),
        ("POST", "/me", {**FORM, "x-http-method-override": "GET"}, "GetMe"),
        ("POST", "/models/m", {**FORM, "x-http-method-override": "delete"}, "DeleteModel"),
        ("PUT", "/me", FORM, None),
    ],
)
def test_a_post_labelled_as_form_reaches_other_methods(method: str, path: str, headers: dict[str, str], rpc: str | None) -> None:
    found = match(method, "/api/v1" + path, headers)
    assert (found and found.rpc.name) == rpc


def test_the_body_of_a_form_counts_as_query_only_on_another_methods_route() -> None:
    assert match("POST", "/api/v1/me", FORM).form_body  # type: ignore[union-attr]
    assert not match("POST", "/api/v1/models", FORM).form_body  # type: ignore[union-attr]


@given(st.sampled_from(spec.rpcs()), st.text(st.characters(exclude_characters="/:%?#{}", codec="ascii", min_codepoint=33), min_size=1))
def test_every_declared_route_is_reached_by_its_own_path_or_shadowed_by_an_earlier_one(rpc: spec.Rpc, value: str) -> None:
    path = "/".join(value if part.startswith("{") else part for part in rpc.path.split("/"))
    found = match(rpc.method, path, {})
    assert found is not None
    assert spec.rpcs().index(found.rpc) <= spec.rpcs().index(rpc)


@given(st.text())
def test_no_path_makes_the_router_fail(text: str) -> None:
    try:
        match("GET", "/api/v1/" + text, {})
    except BadPath:
        assert "%" in text
