"""The experiment config: what the master accepts, how it merges and fills it, what it answers about bad ones.

    active = parse(value, name="Experiment (kind-red-fox)", seed=7, template=None, defaults=[fragment, ...])

`value` is parsed YAML or JSON; `defaults` are config fragments of the master, strongest first. The single steps, for callers that
do something in between (project, pool, policies):

    config = read(value)                       # ConfigError, without "invalid experiment configuration: " before it
    refuse_slots(config)                       # ConfigError
    config = merge(config, read_template("base", template))   # ConfigError; ConfigPanic: types that cannot be merged
    active = activate(config, name=..., seed=..., defaults=[...])   # ConfigError, with that prefix

`read` gives only what is set, in today's shapes, and `read_fragment` does so for what the master itself holds; `fill` adds the
defaults; `show` gives the echo that clients see; `complete` is the second validation. `SEARCHER`, `HYPERPARAMETERS` and
`CHECKPOINT_STORAGE` are the sections for callers that take them alone: `require_complete(SEARCHER, SEARCHER.show(SEARCHER.fill(part)))`.
The tables of fields are in experiment.py, environment.py, storage.py, searchers.py and hyperparameters.py.
"""

from __future__ import annotations

from fakedet.domain.config.experiment import EXPERIMENT
from fakedet.domain.config.hyperparameters import HYPERPARAMETERS
from fakedet.domain.config.pipeline import (
    activate,
    complete,
    fill,
    merge,
    parse,
    read,
    read_fragment,
    read_template,
    refuse_slots,
    require_complete,
    show,
)
from fakedet.domain.config.problems import ConfigError, ConfigPanic
from fakedet.domain.config.searchers import SEARCHER, require_current
from fakedet.domain.config.storage import CHECKPOINT_STORAGE

__all__ = [
    "CHECKPOINT_STORAGE",
    "EXPERIMENT",
    "HYPERPARAMETERS",
    "SEARCHER",
    "ConfigError",
    "ConfigPanic",
    "activate",
    "complete",
    "fill",
    "merge",
    "parse",
    "read",
    "read_fragment",
    "read_template",
    "refuse_slots",
    "require_complete",
    "require_current",
    "show",
]
