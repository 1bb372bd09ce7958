"""The description of the API, for programs and for who writes them."""

from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from web.api.calls import BASE, Call
from web.api.catalogue import describe_api
from web.api.policy import Policy, Scope
from web.api.routes import Room

room = Room("description", BASE)


@room.get(
    "/openapi.json", Policy(scope=Scope.INSTANCE, apart=True, open_in_development=True), "application/json"
)
async def get_description(call: Call) -> Response:
    """This description; in production for who is signed in."""
    state: Any = call.request.app.state
    if state.description is None:
        state.description = describe_api(call.request.app)
    return JSONResponse(state.description)
