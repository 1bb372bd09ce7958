"""What stands in the way of reading a file at all, in words that somebody understands who knows neither YAML nor errno."""

import errno

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from core.text.refusal import Words, words

_FILES = {
    errno.ENOENT: "refused-no-file",
    errno.ENOTDIR: "refused-no-file",
    errno.EACCES: "refused-no-permission",
    errno.EPERM: "refused-no-permission",
    errno.EISDIR: "refused-folder",
}
_YAML = {
    "mapping values are not allowed": "refused-yaml-colon",
    "could not find expected ':'": "refused-yaml-no-colon",
    "'\\t' that cannot start any token": "refused-yaml-tab",
    "cannot start any token": "refused-yaml-character",
    "found unexpected end of stream": "refused-yaml-quote",
    "<block end>": "refused-yaml-indent",
    "expected ',' or": "refused-yaml-bracket",
    "found duplicate key": "refused-yaml-twice",
    "found undefined alias": "refused-yaml-alias",
    "found another document": "refused-yaml-documents",
    "special characters": "refused-yaml-special",
    "control characters": "refused-yaml-special",
    "unknown escape": "refused-yaml-escape",
}
"""What the library says, by a part of it."""


def megabytes(limit: int) -> Words:
    """A limit in bytes, as it is said."""
    return words("limit-megabytes", number=limit // 1_000_000)


def explain_file(error: OSError) -> Words:
    """Why a file cannot be read."""
    return words(_FILES.get(error.errno or 0, "refused-unreadable"))


def explain_yaml(error: YAMLError) -> Words:
    """Why a text is no YAML."""
    said = str(error.problem) if isinstance(error, MarkedYAMLError) else str(error)
    return words(next((key for part, key in _YAML.items() if part in said), "refused-yaml"))
