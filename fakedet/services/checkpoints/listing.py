"""Lists of checkpoints of an experiment and of a trial (master: api_experiment.go, api_trials.go)."""
from __future__ import annotations

from typing import Any, Iterable, Mapping

from fakedet.domain.checkpoint_order import CheckpointOrder, experiment_order, trial_order
from fakedet.domain.checkpoint_sort import CheckpointListing
from fakedet.domain.errors import Internal
from fakedet.domain.semantics import DOCUMENTED, UPSTREAM, Difference
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.messages import view_message
from fakedet.services.checkpoints.view import CheckpointView, of_experiment, of_trial
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("GetExperimentCheckpoints")
def get_experiment_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """The checkpoints of all trials of an experiment; by searcher metric, the best come first."""
    experiment = finding.experiment(call.db, request.id)
    order = experiment_order(request.sort_by_attr, request.sort_by_metric, request.order_by,
                             smaller_is_better=smaller_is_better(experiment))
    return _page(of_experiment(call.db, experiment), order, request, f"experiment {request.id}", "get_checkpoints_for_experiment")


@rpc("GetTrialCheckpoints")
def get_trial_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """The checkpoints of a trial."""
    trial = finding.trial(call.db, request.id)
    experiment = finding.experiment(call.db, trial["experiment_id"])
    orders = {semantics: trial_order(request.sort_by_attr, request.sort_by_metric, request.order_by,
                                     smaller_is_better=smaller_is_better(experiment), semantics=semantics)
              for semantics in (DOCUMENTED, UPSTREAM)}
    views = of_trial(call.db, trial)
    reply = _page(views, orders[call.settings.semantics], request, f"trial {request.id}", "get_checkpoints_for_trial")
    if _differ(orders[DOCUMENTED], orders[UPSTREAM], views):
        call.notices.append(Difference.TRIAL_LIST_BEST_FIRST.notice)
    return reply


def smaller_is_better(experiment: Row) -> bool:
    """The direction of the experiment's searcher metric."""
    return experiment["config"]["searcher"].get("smaller_is_better") is not False


def _differ(order: CheckpointOrder, other: CheckpointOrder, views: list[CheckpointView]) -> bool:
    """Whether two orders list these checkpoints differently."""
    if len(views) < 2 or order == other:
        return False
    return order.descending != other.descending or any(view.searcher_metric is None for view in views)


def _page(views: Iterable[CheckpointView], order: CheckpointOrder, request: Any, parent: str, query: str) -> dict[str, Any]:
    found = _in_states(_read(views, parent, query), request.states)
    chosen, page = CheckpointListing(found, order).page(request.offset, request.limit)
    return {"checkpoints": [view_message(view) for view in chosen], "pagination": page.block()}


def _read(views: Iterable[CheckpointView], parent: str, query: str) -> list[CheckpointView]:
    """All of them, or the error of the query that reads them: one that cannot be read spoils the list."""
    found = list(views)
    try:
        for view in found:
            view.check()
    except Internal as error:
        raise Internal(f"error fetching checkpoints for {parent} from database: error running query: {query}: {error.message}") from None
    return found


def _in_states(views: list[CheckpointView], states: list[str]) -> list[CheckpointView]:
    wanted = {state.removeprefix("STATE_") for state in map(str, states)}
    return [view for view in views if view.state in wanted] if wanted else views
