"""Writes the mutants that Cosmic Ray's operators make of the Python files below a folder: one JSON object a line.

usage: mutants.py FOLDER    with what cosmic-ray.txt names on the path of modules
"""

import ast
import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

Place = tuple[int, int]


def operators() -> Iterator[tuple[str, Operator]]:
    """Those that need no arguments, in the order of their names."""
    provider = OperatorProvider()
    for name in sorted(provider):
        if not provider[name].arguments():
            yield name, provider[name]()


def annotations(source: str) -> list[tuple[Place, Place]]:
    """Where types stand: nothing runs there."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.expr):
                found.append(((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)))
    return found


def is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """The lines that differ."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    return "\n".join(old), "\n".join(new)


def mutate(tree, node, operator: Operator, index: int) -> str | None:
    """The code with one change, None where the operator does not know the syntax; afterwards the tree is as it was. To parse it anew for each change takes minutes."""
    parts = [node.parent, *ast_nodes(node)]
    values = [(each, each.value) for each in parts if hasattr(each, "value")]
    children = [(each, list(each.children)) for each in parts if hasattr(each, "children")]
    try:
        changed = operator.mutate(node, index)
    except AttributeError:  # ExceptionReplacer, of a name with a dot
        return None
    if changed is not node:
        siblings = [changed if each is node else each for each in node.parent.children]
        node.parent.children = [each for each in siblings if each is not None]
    code = tree.get_code()
    for each, value in values:
        each.value = value
    for each, before in children:
        each.children = before
    return code


def mutants(file: str, source: str) -> Iterator[dict[str, object]]:
    types = annotations(source)
    tree = get_ast(source)
    nodes = list(ast_nodes(tree))
    for name, operator in operators():
        for node in nodes:
            for index, ((line, column), _) in enumerate(list(operator.mutation_positions(node))):
                if any(start <= (line, column) < end for start, end in types):
                    continue
                changed = mutate(tree, node, operator, index)
                if changed in (None, source) or not is_python(changed):
                    continue
                before, after = changed_lines(source, changed)
                content = base64.b64encode(changed.encode()).decode()
                where = {"file": file, "replaces": file, "line": line, "column": column + 1}
                yield {**where, "operator": name, "before": before, "after": after, "content": content}


def main(folder: Path) -> None:
    for path in sorted(folder.glob("src/**/*.py")):
        for mutant in mutants(str(path.relative_to(folder)), path.read_text("utf-8")):
            print(json.dumps(mutant))


main(Path(sys.argv[1]))
