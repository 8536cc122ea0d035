"""The tables of a world: which there are, what a row holds, by which fields rows are found.

Rows are plain JSON documents with an integer `id`. Times are microseconds since the epoch; states are the database's names
without prefix ("ACTIVE"). What a table is called follows the master's schema where that helps (master: static/migrations).
"""
from __future__ import annotations

from fakedet.store.declaration import TableSchema

#: name -> declaration. The comment over each table lists the fields of its rows.
TABLES: dict[str, TableSchema] = {
    # username, display_name, admin, active, password_hash (None: never set), modified_at, last_auth_at, remote, agent_uid, agent_gid, agent_user, agent_group
    "users": TableSchema(indexes=("username",)),
    # user_id, token_type ("USER_SESSION" | "ACCESS_TOKEN"), digest of the secret, created_at, expiry, revoked_at, ended_at (signed out), description
    "tokens": TableSchema(indexes=("user_id",)),
    # allocation_id, owner_id, digest of the secret
    "allocation_sessions": TableSchema(indexes=("allocation_id",)),
    # user_id, key, storage_path, value
    "user_settings": TableSchema(indexes=("user_id",)),
    # name, user_id (of a group that is this user's alone, else None); members: user_id, group_id
    "groups": TableSchema(indexes=("name", "user_id")),
    "group_members": TableSchema(indexes=("group_id", "user_id")),
    # group_id, role_id, workspace_id (None: on the whole cluster)
    "role_assignments": TableSchema(indexes=("group_id", "role_id", "workspace_id")),
    # name, archived, user_id, created_at, immutable, state, error_message, agent_uid, agent_gid, agent_user, agent_group, checkpoint_storage_config,
    # default_compute_pool, default_aux_pool
    "workspaces": TableSchema(indexes=("name",)),
    # workspace_id, user_id, created_at
    "workspace_pins": TableSchema(indexes=("user_id", "workspace_id")),
    # name, workspace_id, description, archived, created_at, notes [{name, contents}], user_id, immutable, state, error_message, key,
    # max_local_id (the last number that a run of it was given)
    "projects": TableSchema(indexes=("workspace_id", "name", "key")),
    # user_id, project_id, activity_type, activity_time
    "project_activity": TableSchema(indexes=("user_id", "project_id")),
    # state, config (active config), held_config and held_project_id (what the running experiment holds, if it differs), original_config (text), owner_id, project_id,
    # start_time, end_time, archived, notes, job_id, progress, parent_id, unmanaged, external_experiment_id, policy_at_start (GC numbers, upstream: if the
    # policy was changed while it ran), warm_start_checkpoint_uuid (of its trials), model_definition_size, model_definition (base64 of the tar.gz, "" if
    # none), checkpoint_size, checkpoint_count, best_trial_id, searcher (saved searcher state or None)
    "experiments": TableSchema(indexes=("project_id", "state", "job_id", "external_experiment_id", "parent_id", "owner_id")),
    # What the experiment's searcher was told since its state was saved (services/experiments/live_searchers.py): experiment_id, event, request_id, value
    "search_events": TableSchema(indexes=("experiment_id",)),
    # A trial is a run. experiment_id, project_id, local_id, state, hparams, seed, request_id, start_time, end_time, restarts, run_id (attempt, counts from 0),
    # summary_metrics, best_validation_id, latest_validation_id, total_batches, searcher_metric_value, searcher_metric_value_signed, checkpoint_size,
    # checkpoint_count, runner_state, last_activity, external_trial_id, log_retention_days, warm_start_checkpoint_uuid, metadata,
    # metadata_project_id (its project when they were noted), archived, progress, exited_reason,
    # log_policy_matched (name of the last one, absent until there is one), run_steps {run id: highest step of its reports that are not archived}, validations (what is remembered of them, domain/searcher_metric.py)
    "trials": TableSchema(indexes=("experiment_id", "project_id", "external_trial_id", "request_id", "state", "warm_start_checkpoint_uuid",
                                   "metadata_project_id"),
                          combined=(("experiment_id", "state"),)),
    # trial_id, task_id: a trial has one task, and one more each time it is continued
    "trial_tasks": TableSchema(indexes=("trial_id", "task_id")),
    # task_id (text), type ("TRIAL", "CHECKPOINT_GC", "COMMAND", ...), job_id, state, start_time, end_time, config, parent_id, no_pause, forked_from,
    # log_retention_days
    "tasks": TableSchema(indexes=("task_id", "job_id", "type")),
    # allocation_id (text), task_id, state, slots, agent_slots {agent: numbers of its slots}, resource_pool, start_time, end_time, is_ready, exit_reason, exit_error, status_code, ports, proxy_address,
    # preempting (told to stop), preemption_acknowledged, killed: absent until it happens
    "allocations": TableSchema(indexes=("allocation_id", "task_id", "state")),
    # What tasks say of the machines they run on: allocation_id, task_id, container_id, node_name, accelerator_type, accelerator_uuids
    "accelerators": TableSchema(indexes=("allocation_id", "task_id")),
    # What the containers of an allocation hand each other: allocation_id, request_uuid, data
    "gatherings": TableSchema(indexes=("request_uuid",)),
    # job_id (text), job_type, owner_id, q_position, priority, weight
    "jobs": TableSchema(indexes=("job_id",)),
    # Metric reports (master: raw_steps, raw_validations, metrics). trial_id, trial_run_id, group ("training", "validation", ...), total_batches, end_time,
    # metrics ({"avg_metrics": {...}, "batch_metrics": [...]}, {"validation_metrics": {...}}, or what the profiler reported), archived
    "metrics": TableSchema(indexes=("trial_id",), combined=(("trial_id", "group"),),
                           ranges=(("trial_id", "group", "archived", "trial_run_id", "total_batches"), ("trial_id", "group", "id"))),
    # uuid, task_id, allocation_id, trial_id, report_time, state, resources {path: bytes}, metadata, size, storage_id
    "checkpoints": TableSchema(indexes=("uuid", "trial_id", "task_id")),
    # config (a checkpoint_storage without save_*): one row per distinct checkpoint storage
    "storage_backends": TableSchema(),
    # trial_id, checkpoint_uuid, model_id, model_version, type
    "trial_sources": TableSchema(indexes=("trial_id", "checkpoint_uuid", "model_id")),
    # The newest log lines of each task: task_id, allocation_id, timestamp, level, log, stdtype, source, rank_id, agent_id, container_id. Those before
    # them are packed by the hundred into segments (domain/log_segments.py); services/logs/book.py reads and writes both
    "log_segments": TableSchema(indexes=("task_id",)),
    "task_logs": TableSchema(indexes=("task_id",)),
    # Lines of a task's log that matched a log policy: task_id, action ("cancel_retries" | "exclude_node"), pattern, log, node (the agent)
    "log_policy_matches": TableSchema(indexes=("task_id",)),
    # name, description, metadata, labels, notes, user_id, workspace_id, archived, creation_time, last_updated_time
    "models": TableSchema(indexes=("name", "workspace_id")),
    # model_id, version, checkpoint_uuid, name, comment, notes, labels, metadata, user_id, creation_time, last_updated_time
    "model_versions": TableSchema(indexes=("model_id", "checkpoint_uuid")),
    # name, config, workspace_id
    "templates": TableSchema(indexes=("name", "workspace_id")),
    # url, webhook_type, name, mode, workspace_id; triggers: webhook_id, trigger_type, condition
    "webhooks": TableSchema(indexes=("workspace_id",)),
    "webhook_triggers": TableSchema(indexes=("webhook_id", "trigger_type")),
    # Lines of logs set a trigger off once a task: task_id, trigger_id
    "webhook_lines": TableSchema(indexes=("task_id", "trigger_id")),
    # What waits to be sent: url, payload
    "webhook_events": TableSchema(),
    # message, start_time, end_time, created_time, user_id
    "cluster_messages": TableSchema(),
    # Commands, notebooks, shells, TensorBoards: task_id, type, job_id, description, state, user_id, workspace_id, config, start_time, exit_status,
    # model_definition (as of experiments), keys (of shells), experiment_ids, trial_ids (of TensorBoards)
    "commands": TableSchema(indexes=("task_id", "type", "job_id")),
    # scope ("" for global, else a workspace id as text), workload_type, parts (which were set), invariant_config, constraints, updated_by, updated_at
    "config_policies": TableSchema(indexes=("scope",)),
    # agent_id, slots (how many), enabled, draining, disabled_slots, draining_slots (their numbers), resource_pool, registered_time
    "agents": TableSchema(indexes=("agent_id",)),
    # What is going to happen: due (microseconds), kind, subject (a row id)
    "timers": TableSchema(indexes=("subject",), ordered=("due",)),
    # What happens to those who stay silent, only as time passes: due, kind, subject
    "deadlines": TableSchema(indexes=("subject",), ordered=("due",)),
    # resource_pool, workspace_id
    "pool_bindings": TableSchema(indexes=("resource_pool", "workspace_id")),
    # key, value: settings that the master keeps for itself (cluster id, salts, master config patches)
    "properties": TableSchema(indexes=("key",)),
}
