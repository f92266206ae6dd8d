"""Changed code: every constant and every return value of a file, one at a time."""

import ast
import copy
from collections.abc import Iterator


def mutations(source: str) -> Iterator[tuple[str, ast.Module]]:
    """What was changed, and the changed tree. Docstrings, annotations and what is for type checkers stay."""
    tree = ast.parse(source)
    for number in range(sum(1 for _ in _places(tree))):
        changed = copy.deepcopy(tree)
        place = list(_places(changed))[number]
        yield _change(place), ast.fix_missing_locations(changed)


def first_mutation(source: str) -> str | None:
    """The file with its first change; None where it holds no code to change."""
    return next((ast.unparse(tree) for _, tree in mutations(source)), None)


def _change(node: ast.Constant | ast.Return) -> str:
    before = ast.unparse(node)
    if isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    elif isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node.value, (int, float)):
        node.value = node.value + 1
    else:
        node.value = f"{node.value} changed"
    return f"line {node.lineno}: {before} -> {ast.unparse(node)}"


def _places(node: ast.AST) -> Iterator[ast.Constant | ast.Return]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return
    if isinstance(node, ast.AnnAssign):
        parts: list[ast.AST] = [node.value] if node.value else []
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        parts = [*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body]  # no annotations or decorators
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            continue  # a docstring
        if isinstance(part, ast.Return) and part.value is not None and not isinstance(part.value, ast.Constant):
            yield part
        if isinstance(part, ast.Constant) and isinstance(part.value, (bool, int, float, str)):
            yield part
        yield from _places(part)
