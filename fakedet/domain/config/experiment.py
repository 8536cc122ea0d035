"""The whole experiment config as one table, and its smaller sections."""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.environment import ENVIRONMENT, RESOURCES
from fakedet.domain.config.hyperparameters import HYPERPARAMETERS, grid_problems
from fakedet.domain.config.integrations import INTEGRATIONS
from fakedet.domain.config.kinds import Choice, Flag, Free, Integer, Kind, Text, inspect, matching, merge_free
from fakedet.domain.config.lengths import Length
from fakedet.domain.config.log_policies import LogPolicies
from fakedet.domain.config.objects import Field, ListOf, Needed, Object, Shown
from fakedet.domain.config.problems import At, Problems, json_type
from fakedet.domain.config.reading import Reading
from fakedet.domain.config.searchers import SEARCHER
from fakedet.domain.config.storage import CHECKPOINT_STORAGE, TENSORBOARD_STORAGE

BIND_MOUNT = Object(
    "BindMountV0",
    {
        "host_path": Needed(Text(("host_path must be an absolute path", matching("^/"))), plain=""),
        "container_path": Needed(Text(('container_path must not be "."', lambda path: path != ".")), plain=""),
        "read_only": Field(Flag(), default=False),
        "propagation": Field(Text(), default="rprivate"),
    },
)


class Entrypoint(Kind):
    """A command line as one text or as a list of words."""

    json = ("string", "array")

    def problems(self, value: Any, at: At) -> Problems:
        if isinstance(value, list):
            for number, word in enumerate(value):
                yield from inspect(Text(), word, at.index(number))

    def merge(self, high: Any, low: Any) -> Any:
        return merge_free(high, low)


class Name(Text):
    """The experiment's name, which has a reader of its own: not even templates may have a number here."""

    def read(self, value: Any, here: Reading) -> Any:
        return here.own(lambda inner: Text.read(self, value, inner))


class Nothing(Kind):
    """A key that may only be null."""

    json = ("null",)


class Labels(ListOf):
    """A set of texts."""

    def __init__(self) -> None:
        super().__init__(Text(), adds=lambda label: label, go="map[string]bool")

    def read(self, value: Any, here: Reading) -> Any:
        if isinstance(value, list) and all(isinstance(label, str) for label in value):
            return list(dict.fromkeys(value))
        return here.own(lambda inner: self._read_map(value, inner))

    def _read_map(self, value: Any, here: Reading) -> Any:
        """The oldest form, a map of flags, which only unchecked sources can still hold."""
        if not isinstance(value, dict):
            return here.mismatch(value, self.go)
        for flag in value.values():
            Flag().read(flag, here)
        return list(value)


OPTIMIZATIONS = Object(
    "OptimizationsConfigV0",
    {
        "aggregation_frequency": Field(Integer(at_least=1), default=1),
        "auto_tune_tensor_fusion": Field(Flag(), default=False),
        "average_aggregated_gradients": Field(Flag(), default=True),
        "average_training_metrics": Field(Flag(), default=True),
        "gradient_compression": Field(Flag(), default=False),
        "grad_updates_size_file": Field(Text()),
        "mixed_precision": Field(
            Choice(
                *("O0", "O1", "O2", "O3"),
                checks=[
                    (
                        "mixed_precision should be a string starting with an uppercase letter 'O'",
                        matching("^O"),
                    )
                ],
            ),
            default="O0",
        ),
        "tensor_fusion_cycle_time": Field(Integer(at_least=0), default=1),
        "tensor_fusion_threshold": Field(Integer(at_least=0), default=64),
    },
)


def _begins_before_end(profiling: dict[str, Any]) -> bool:
    begin: Any = profiling.get("begin_on_batch")
    end: Any = profiling.get("end_after_batch")
    return json_type(begin) != "number" or json_type(end) != "number" or bool(begin <= end)


PROFILING = Object(
    "ProfilingConfigV0",
    {
        "enabled": Field(Flag(), default=False),
        "begin_on_batch": Field(Integer(at_least=0), default=0),
        "end_after_batch": Field(Integer(at_least=0)),
        "sync_timings": Field(Flag(), default=True),
    },
    checks=[("begin_on_batch must be less than end_after_batch", _begins_before_end)],
)
REPRODUCIBILITY = Object("ReproducibilityConfigV0", {"experiment_seed": Field(Integer(at_least=0, go="uint32"), eventually=True)})
RETENTION_POLICY = Object(
    "RetentionPolicyConfigV0",
    {"log_retention_days": Field(Integer(at_least=-1, at_most=32767, go="int16"), eventually=True, shown=Shown.IF_SET)},
)
_NODES = {"slots_per_node": Field(Integer(at_least=1), shown=Shown.IF_SET)}
_ARGUMENTS = Field(ListOf(Text()), shown=Shown.IF_FILLED)
SLURM = Object("SlurmConfigV0", {**_NODES, "gpu_type": Field(Text(), shown=Shown.IF_SET), "sbatch_args": _ARGUMENTS})
PBS = Object("PbsConfigV0", {**_NODES, "pbsbatch_args": _ARGUMENTS})
SECURITY = Object(
    "SecurityConfigV0",
    {"kerberos": Field(Object("KerberosConfigV0", {"config_file": Needed(Text(), plain="")}), plain={"config_file": ""})},
)


class ExperimentObject(Object):
    """The top level, which also asks grid searches for counts."""

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        yield from super().problems(value, at)
        yield from grid_problems(value, at)


_LENGTH = Field(Length(), default={"batches": 0})

EXPERIMENT = ExperimentObject(
    "ExperimentConfigV0",
    {
        "bind_mounts": Field(ListOf(BIND_MOUNT, adds=lambda mount: mount["container_path"], go="expconf.BindMountsConfigV0"), default=[]),
        "checkpoint_policy": Field(Choice("best", "all", "none"), default="best"),
        "checkpoint_storage": Field(CHECKPOINT_STORAGE, eventually=True),
        "data": Field(Free(), default={}),
        "data_layer": Field(Free(), shown=Shown.NEVER),
        "debug": Field(Flag(), default=False),
        "description": Field(Text()),
        "entrypoint": Field(Entrypoint()),
        "environment": Field(ENVIRONMENT, default={}),
        "hyperparameters": Field(HYPERPARAMETERS, default={}, eventually=True),
        "integrations": Field(INTEGRATIONS),
        "internal": Field(Nothing(), nullable=False, shown=Shown.NEVER),
        "labels": Field(Labels(), default=[]),
        "log_policies": Field(LogPolicies(), default=[]),
        "max_restarts": Field(Integer(at_least=0), default=5),
        "min_checkpoint_period": _LENGTH,
        "min_validation_period": _LENGTH,
        "name": Field(Name(), eventually=True),
        "optimizations": Field(OPTIMIZATIONS, default={}),
        "pbs": Field(PBS, default={}),
        "perform_initial_validation": Field(Flag(), default=False),
        "preemption_timeout": Field(Integer()),
        "profiling": Field(PROFILING, default={}),
        "project": Field(Text(), default=""),
        "records_per_epoch": Field(Integer(), default=0),
        "reproducibility": Field(REPRODUCIBILITY, default={}, eventually=True),
        "resources": Field(RESOURCES, default={}),
        "retention_policy": Field(RETENTION_POLICY, shown=Shown.IF_SET),
        "scheduling_unit": Field(Integer(at_least=1), default=100),
        "searcher": Field(SEARCHER, eventually=True),
        "security": Field(SECURITY, shown=Shown.IF_SET),
        "slurm": Field(SLURM, default={}),
        "tensorboard_storage": Field(TENSORBOARD_STORAGE, shown=Shown.IF_SET),
        "workspace": Field(Text(), default=""),
    },
)
