"""What creating a managed experiment refuses beyond its config, and what it makes up."""
from __future__ import annotations

import re

UNFULFILLABLE = "500 invalid resource configuration: validating resources: request unfulfillable, please try requesting less slots"


def refusal(client, resources):
    config = f"entrypoint: x\nsearcher: {{name: single, metric: m}}\nresources: {{{resources}}}"
    return client.refusal("POST", "/experiments", {"config": config})


def test_a_trial_that_stays_on_one_node_fits_into_the_largest(make_managed):
    several = make_managed(agents=2, slots=2, trials="manual")
    assert several.create(resources={"slots_per_trial": 4}) == 1
    assert refusal(several, "slots_per_trial: 5") == "500 invalid resource configuration: slots requested exceeds cluster capacity"
    several.create(resources={"slots_per_trial": 2, "is_single_node": True})
    assert refusal(several, "slots_per_trial: 3, is_single_node: true") == UNFULFILLABLE


def test_an_experiment_that_is_given_no_name_gets_three_words(idle):
    idle.create(name=None)
    assert re.fullmatch(r"Experiment \([a-z]+-[a-z]+-[a-z]+\)", idle.show()["name"])


def test_a_category_without_values_breaks_the_search_and_leaves_the_experiment(idle):
    config = ("{name: e, entrypoint: x, searcher: {name: random, metric: m, max_trials: 2}, resources: {slots_per_trial: 0}, "
              "reproducibility: {experiment_seed: 4}, hyperparameters: {a: {type: categorical, vals: []}}}")
    assert idle.refusal("POST", "/experiments", {"config": config}) == "500 runtime error: index out of range [-608192130026889042]"
    assert (idle.state(), idle.trials()) == ("PAUSED", [])
    idle.go("activate")
    idle.go("kill")
    assert idle.state() == "CANCELED"
