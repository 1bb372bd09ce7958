"""getFile: where a bot can download a file."""

from typing import Any

from sandbox.protocol.registry import Call, method
from sandbox.state.files import MAX_DOWNLOAD, file_path, resolve, unique_id
from sandbox.wire.errors import ApiError, bad_request

WRONG = "wrong file_id or the file is temporarily unavailable"


@method("getFile")
def get_file(call: Call) -> Any:
    """Return the path of a file of at most 20 MB."""
    name = call.params.text("file_id")
    if not name:
        raise bad_request("file_id not specified")
    try:
        stored = resolve(call.world.files, call.bot.id, name, "")
    except ApiError as error:
        raise bad_request(WRONG) from error
    if stored.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": name,
        "file_unique_id": unique_id(stored),
        "file_size": stored.size,
        "file_path": file_path(stored),
    }
