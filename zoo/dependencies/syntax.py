"""The content of a source file that affects behaviour: no layout, comments or docstrings."""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A source file. digest: of its syntax tree without docstrings. imports: all modules and names it imports."""

    digest: str
    imports: frozenset[tuple[str, str]]  # (module, name); the name is empty for `import module`


def read(path: Path) -> Source:
    """The digest and imports of a Python file, including imports inside functions, without those for type checkers."""
    return _source(path.read_bytes())


@cache
def _source(text: bytes) -> Source:
    tree = ast.parse(text)
    content = hashlib.sha256("\n".join(_lines(tree)).encode()).hexdigest()
    return Source(content, frozenset(_imports(tree)))


def _lines(node: ast.AST) -> Iterator[str]:
    """The tree as lines, independent of the Python version: empty fields are left out."""
    body = getattr(node, "body", None)
    docstring = (
        body[0]
        if isinstance(body, list)
        and isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and ast.get_docstring(node, clean=False) is not None
        else None
    )
    yield f"({type(node).__name__}"
    for field, value in ast.iter_fields(node):
        if field in ("ctx", "type_comment", "kind", "type_ignores") or value is None or value == []:
            continue
        yield field
        for part in value if isinstance(value, list) else [value]:
            if part is docstring:
                continue
            if isinstance(part, ast.AST):
                yield from _lines(part)
            else:
                yield repr(part)
    yield ")"


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in node.orelse:
                yield from _imports(ast.Module([other], []))
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"line {node.lineno}: a relative import; write the whole name, so that it is followed")
            yield from ((node.module or "", name.name) for name in node.names)
        else:
            yield from _imports(node)
