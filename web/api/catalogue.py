"""What the API is made of: every route with its policy as a table, and the description that programs read (OpenAPI)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from core.public_ids import KINDS
from services.tenancy.permissions import MAY, list_roles_for
from web.api.calls import BASE
from web.api.checks import SAFE
from web.api.ids import describe
from web.api.policy import Auth, Policy, Scope, policy_of
from web.api.problems import MEDIA_TYPE
from web.api.repeats import MOST_KEY

VERSION = 1
TITLE, RELEASE = "Tandem", "1"
FIRST_REFUSAL = "400"
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "none": [],
    "signature": [],
    "session": [{"session": []}],
    "key": [{"session": []}, {"key": []}],
}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def list_routes(application: FastAPI) -> dict[str, Any]:
    """Every route, hooks and pages too, with the roles that may call it."""
    routes = list(iter_route_contexts(application.routes))
    return {
        "version": VERSION,
        "roles": {role.value: sorted(allowed) for role, allowed in MAY.items()},
        "kinds": {
            name: {"prefix": kind.prefix, "list": _find_list(name, routes)} for name, kind in KINDS.items()
        },
        "routes": [row for route in routes for row in _rows(route)],
    }


def _rows(route: RouteContext) -> Iterator[dict[str, Any]]:
    path = route.path or ""
    policy = policy_of(route.endpoint) if route.endpoint else Policy(scope=Scope.PUBLIC)
    for method in (each for each in _METHODS if each in (route.methods or ())):
        yield {
            "method": method,
            "path": path,
            "operation": getattr(route, "operation_id", None) or route.name,
            "auth": _auth(policy),
            "scope": policy.scope.value,
            "permission": policy.permission.value if policy.permission else None,
            "roles": [role.value for role in list_roles_for(policy.permission)] if policy.permission else [],
            "params": {name: name for name in _PARAMETER.findall(path) if name in KINDS},
            "writes": method not in SAFE and not policy.looks,
            "idempotency_key": policy.idempotency_key,
            "if_match": policy.if_match,
            "stream": policy.stream,
        }


def _auth(policy: Policy) -> str:
    """`key` stands for a session or a key."""
    if policy.auth is Auth.SESSION and policy.takes_keys:
        return "key"
    return policy.auth.value


def _find_list(kind: str, routes: list[RouteContext]) -> str | None:
    """The operation whose items are of the kind: the list that the path of one of them lies below."""
    ends = {
        (route.path or "").removesuffix(f"/{{{kind}}}")
        for route in routes
        if (route.path or "").endswith(f"/{{{kind}}}")
    }
    for route in routes:
        if route.path in ends and "GET" in (route.methods or ()):
            return str(route.operation_id)
    return None


def describe_api(application: FastAPI) -> dict[str, Any]:
    """The description of what stands below the API's own address."""
    routes = [route for route in iter_route_contexts(application.routes) if _is_ours(route)]
    described = get_openapi(title=TITLE, version=RELEASE, routes=routes)
    described["servers"] = [{"url": "/"}]
    described["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-tandem"},
        "key": {"type": "http", "scheme": "bearer"},
    }
    _complete_examples(described["components"]["schemas"])
    asked = {(row["method"].lower(), row["path"]): row for route in routes for row in _rows(route)}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            row = asked[method, path]
            operation["security"] = SECURITY[row["auth"]]
            _name_ids(path, operation)
            _name_headers(row, operation)
            _name_problems(operation)
    return described


def _complete_examples(schemas: dict[str, Any]) -> None:
    """FastAPI leaves out of examples what is null; and a page's example is one item of the kind that it lists."""
    for schema in schemas.values():
        for shown in schema.get("examples", []):
            shown.update({name: None for name in schema.get("required", []) if name not in shown})
    for schema in schemas.values():
        item = schema.get("properties", {}).get("items", {}).get("items", {}).get("$ref", "")
        if example := schemas.get(item.rpartition("/")[2], {}).get("examples"):
            schema["examples"] = [{"items": example, "next": None}]


def _name_ids(path: str, operation: dict[str, Any]) -> None:
    """An id that the checks at the door take from the path, and no handler: the account's, mostly."""
    parameters = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    parameters[:0] = [
        {"name": name, "in": "path", "required": True, "schema": describe(KINDS[name])}
        for name in _PARAMETER.findall(path)
        if name not in known and name in KINDS
    ]


def _name_headers(row: dict[str, Any], operation: dict[str, Any]) -> None:
    """What has to come in the headers, and what may."""
    wanted = []
    if row["writes"] and row["scope"] == Scope.ACCOUNT:
        told = "The same request again does nothing more."
        wanted.append(("Idempotency-Key", row["idempotency_key"], told))
    if row["if_match"]:
        wanted.append(("If-Match", True, "The etag of what was seen."))
    schema = {"type": "string", "minLength": 1, "maxLength": MOST_KEY, "pattern": "^[!-~]+$"}
    for name, required, told in wanted:
        header = {"name": name, "in": "header", "required": required, "schema": schema, "description": told}
        operation["parameters"].append(header)


def _name_problems(operation: dict[str, Any]) -> None:
    """Refusals have a media type of their own, which FastAPI cannot be told per answer."""
    for status, answer in operation["responses"].items():
        if status >= FIRST_REFUSAL and "application/json" in answer.get("content", {}):
            answer["content"] = {MEDIA_TYPE: answer["content"].pop("application/json")}


def _is_ours(route: RouteContext) -> bool:
    return bool(route.path and route.path.startswith(BASE) and getattr(route, "operation_id", None))
