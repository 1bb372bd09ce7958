"""What a rule looks at: the repository's files, parsed once, with their syntax nodes sorted by kind."""

import ast
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "build", "dist", "data"})
HIDDEN_BUT_OURS = frozenset({".ci", ".editorconfig", ".env.example", ".gitignore", ".importlinter"})


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken, and what to do about it."""

    path: str
    line: int
    advice: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check over the whole house; it yields nothing when the rule is kept."""

    name: str
    check: Callable[["House"], Iterator[Hit]]


@dataclass(frozen=True)
class Source:
    """A Python file of the repository with its parsed tree; `path` is relative and written with slashes."""

    path: str
    text: str
    tree: ast.Module

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines, first one at index 0."""
        return self.text.splitlines()

    @cached_property
    def nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        """Every node of the tree, by its exact kind: one walk serves all rules."""
        by_type: dict[type[ast.AST], list[ast.AST]] = {}
        for node in ast.walk(self.tree):
            by_type.setdefault(type(node), []).append(node)
        return by_type

    def of(self, kind: type[Node]) -> list[Node]:
        """All nodes of one kind, in the order of the walk."""
        return [node for node in self.nodes.get(kind, []) if isinstance(node, kind)]

    @cached_property
    def functions(self) -> list[Function]:
        """All functions and methods, nested ones too."""
        return [*self.of(ast.FunctionDef), *self.of(ast.AsyncFunctionDef)]

    def text_between(self, first: int, last: int) -> str:
        """The lines `first` to `last`, both counted from 1 and both included."""
        return "\n".join(self.lines[first - 1 : last])

    def is_in(self, *patterns: str) -> bool:
        """Tell whether the path matches one of the shell patterns (`*` also crosses slashes)."""
        return any(fnmatchcase(self.path, pattern) for pattern in patterns)

    def hit(self, line: int, advice: str) -> Hit:
        """A finding in this file."""
        return Hit(self.path, line, advice)


@dataclass(frozen=True)
class House:
    """The repository: every file git would keep, and the parsed Python ones."""

    root: Path
    files: tuple[str, ...]

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The Python files; one that cannot be parsed is left to ruff, which says why."""
        paths = (path for path in self.files if path.endswith(".py"))
        return tuple(source for path in paths if (source := read_source(self.root, path)))

    def under(self, *patterns: str) -> list[Source]:
        """The sources whose path matches one of the patterns."""
        return [source for source in self.sources if source.is_in(*patterns)]

    def outside(self, *patterns: str) -> list[Source]:
        """The sources whose path matches none of the patterns."""
        return [source for source in self.sources if not source.is_in(*patterns)]


def read_source(root: Path, path: str) -> Source | None:
    """Parse one file; None when its syntax is wrong."""
    text = (root / path).read_text(encoding="utf-8")
    try:
        return Source(path, text, ast.parse(text))
    except SyntaxError:
        return None


def open_house(root: Path) -> House:
    """List the repository at `root`: as git sees it, or by walking the folders where there is no git."""
    listed = _list_by_git(root) if (root / ".git").exists() and shutil.which("git") else None
    paths = _list_by_walk(root) if listed is None else listed
    return House(root, tuple(sorted(path for path in paths if (root / path).is_file())))


def _list_by_git(root: Path) -> list[str] | None:
    """Every file git keeps or would keep; None when git refuses to look (a copy owned by somebody else)."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=root, check=False, capture_output=True)  # noqa: S603 - fixed words
    return None if answer.returncode else [path for path in answer.stdout.decode().split("\0") if path]


def _list_by_walk(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        is_hidden = parts[0].startswith(".") and parts[0] not in HIDDEN_BUT_OURS
        if not is_hidden and SKIPPED_FOLDERS.isdisjoint(parts) and not parts[0].endswith(".egg-info"):
            yield "/".join(parts)
