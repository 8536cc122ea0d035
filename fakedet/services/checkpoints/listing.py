"""Lists of checkpoints of an experiment and of a trial (master: api_experiment.go, api_trials.go)."""
from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.checkpoint_order import CheckpointOrder, experiment_order, trial_order
from fakedet.domain.checkpoint_sort import CheckpointListing
from fakedet.domain.errors import Internal
from fakedet.domain.semantics import DOCUMENTED, UPSTREAM, Difference
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.joined import JoinedCheckpoints
from fakedet.services.checkpoints.messages import view_message
from fakedet.services.checkpoints.view import CheckpointView
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("GetExperimentCheckpoints")
def get_experiment_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """The checkpoints of all trials of an experiment; by searcher metric, the best come first."""
    experiment = finding.experiment(call.db, request.id)
    joined = call.world.the(JoinedCheckpoints)
    order = experiment_order(request.sort_by_attr, request.sort_by_metric, request.order_by,
                             smaller_is_better=smaller_is_better(experiment))

    def read() -> list[CheckpointView]:
        with _failing_as(f"experiment {request.id}", "get_checkpoints_for_experiment"):
            return joined.of_experiment(experiment)
    return _page(joined, "experiment", read, order, request)


@rpc("GetTrialCheckpoints")
def get_trial_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """The checkpoints of a trial."""
    trial = finding.trial(call.db, request.id)
    experiment = finding.experiment(call.db, trial["experiment_id"])
    joined = call.world.the(JoinedCheckpoints)
    with _failing_as(f"trial {request.id}", "get_checkpoints_for_trial"):
        views = joined.of_trial(trial, experiment)
    orders = {semantics: trial_order(request.sort_by_attr, request.sort_by_metric, request.order_by,
                                     smaller_is_better=smaller_is_better(experiment), semantics=semantics)
              for semantics in (DOCUMENTED, UPSTREAM)}
    if _differ(orders[DOCUMENTED], orders[UPSTREAM], views):
        call.notices.append(Difference.TRIAL_LIST_BEST_FIRST.notice)
    return _page(joined, "trial", lambda: views, orders[call.settings.semantics], request)


def smaller_is_better(experiment: Row) -> bool:
    """The direction of the experiment's searcher metric."""
    return experiment["config"]["searcher"].get("smaller_is_better") is not False


def _page(joined: JoinedCheckpoints, kind: str, read: Callable[[], list[CheckpointView]], order: CheckpointOrder,
          request: Any) -> dict[str, Any]:
    key = (kind, request.id, request.sort_by_attr, request.sort_by_metric, request.order_by, *request.states)
    listing = joined.listing(key, lambda: CheckpointListing(_in_states(read(), request.states), order))
    chosen, page = listing.page(request.offset, request.limit)
    return {"checkpoints": [view_message(view) for view in chosen], "pagination": page.block()}


def _differ(order: CheckpointOrder, other: CheckpointOrder, views: list[CheckpointView]) -> bool:
    """Whether two orders list these checkpoints differently."""
    same = order.descending == other.descending and order.missing_last == other.missing_last
    if len(views) < 2 or same:
        return False
    return order.descending != other.descending or any(view.searcher_metric is None for view in views)


@contextlib.contextmanager
def _failing_as(parent: str, query: str) -> Iterator[None]:
    """The error of the query that reads the rows: one that cannot be read spoils the list."""
    try:
        yield
    except Internal as error:
        raise Internal(f"error fetching checkpoints for {parent} from database: "
                       f"error running query: {query}: {error.message}") from None


def _in_states(views: list[CheckpointView], states: list[str]) -> list[CheckpointView]:
    wanted = {str(state).removeprefix("STATE_") for state in states}
    return [view for view in views if view.state in wanted] if wanted else views
