"""Templates: configurations by name that experiments are laid over. Anyone may write them (master: templates/api.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import Internal, InvalidArgument, missing
from fakedet.domain.paging import query_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.matching import DESCENDING, like
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
FIRST_WORKSPACE = 1
DUPLICATE = 'ERROR: duplicate key value violates unique constraint "templates_pkey" (SQLSTATE 23505)'


@rpc("GetTemplates")
def get_templates(call: Call, request: Any) -> dict[str, Any]:
    """The templates with that text in their name, of some workspaces; by name, whatever sort is asked for."""
    named = like("name", f"%%{request.name}%%")
    found = [row for row in call.db.templates.rows()
             if named(row) and (not request.workspace_ids or row["workspace_id"] in request.workspace_ids)]
    found.sort(key=lambda row: sort_key(row["name"]), reverse=request.order_by == DESCENDING)
    page = query_page(len(found), request.offset, request.limit)
    return {"templates": list(map(template_message, page.cut_without_empty_limit(found))), "pagination": page.block()}


@rpc("GetTemplate")
def get_template(call: Call, request: Any) -> dict[str, Any]:
    """One template."""
    _require_name(request.template_name)
    template = call.db.templates.one(name=request.template_name)
    if template is None:
        raise missing("template", request.template_name)
    return {"template": template_message(template)}


@rpc("PostTemplate")
def post_template(call: Call, request: Any) -> dict[str, Any]:
    """A new template; its configuration is looked at when it is used."""
    return {"template": template_message(_create(call, request.template))}


@rpc("PutTemplate")
def put_template(call: Call, request: Any) -> dict[str, Any]:
    """Create a template or replace what is sent of one. A new one is answered as it was sent."""
    sent = request.template
    _require_name(sent.name)
    old = call.db.templates.one(name=sent.name)
    if old is None:
        _create(call, sent)
        return {"template": sent.as_dict()}
    changes: dict[str, Any] = {} if sent.config is None else {"config": sent.config}
    if sent.workspace_id:
        changes["workspace_id"] = _open_workspace(call, sent.workspace_id)
    if not changes:
        raise Internal('ERROR: null value in column "config" of relation "templates" violates not-null constraint (SQLSTATE 23502)')
    return {"template": template_message(call.db.templates.change(old["id"], **changes))}


@rpc("PatchTemplateConfig")
def patch_template_config(call: Call, request: Any) -> dict[str, Any]:
    """Replace the whole configuration."""
    _require_name(request.template_name)
    template = _existing(call, request.template_name)
    return {"template": template_message(call.db.templates.change(template["id"], config=request.config or {}))}


@rpc("PatchTemplateName")
def patch_template_name(call: Call, request: Any) -> dict[str, Any]:
    """Rename a template."""
    template = _existing(call, request.old_name)
    if request.new_name != request.old_name and call.db.templates.one(name=request.new_name) is not None:
        raise Internal(f"failed to update template name: {DUPLICATE}")
    return {"template": template_message(call.db.templates.change(template["id"], name=request.new_name))}


@rpc("DeleteTemplate")
def delete_template(call: Call, request: Any) -> dict[str, Any]:
    """Remove a template; what was made with it stays."""
    if not request.template_name:
        raise Internal("error deleting template: empty name")
    call.db.templates.delete(_existing(call, request.template_name)["id"])
    return {}


def template_message(template: Row) -> dict[str, Any]:
    """The Template message."""
    return {name: template[name] for name in ("name", "config", "workspace_id")}


def _create(call: Call, sent: Any) -> Row:
    _require_name(sent.name)
    workspace_id = _open_workspace(call, sent.workspace_id or FIRST_WORKSPACE)
    if call.db.templates.one(name=sent.name) is not None:
        raise Internal(f"failed to create template {sent.name}: {DUPLICATE}")
    number = call.db.templates.insert({"name": sent.name, "config": sent.config or {}, "workspace_id": workspace_id})
    return call.db.templates.row(number)


def _existing(call: Call, name: str) -> Row:
    template: Row | None = call.db.templates.one(name=name)
    if template is None:
        raise Internal("not found")
    return template


def _open_workspace(call: Call, number: int) -> int:
    """The number of a workspace that is not archived, which else counts as missing."""
    if finding.workspace(call.db, number)["archived"]:
        raise missing("workspace", number)
    return number


def _require_name(name: str) -> None:
    if not name:
        raise InvalidArgument("name is required")
