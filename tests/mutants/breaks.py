"""Small breaks of a module: its source comes in, and what could be wrong in it goes out, one by one.

A break is a change that a tired person could make: a comparison turned round, a number off by one,
a line that is gone, an entry missing from a table. Messages, annotations and docstrings are left
alone, for no test asks what a message says.
"""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OTHER: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}
# Calls whose arguments are words for people, memory or declarations, and no behaviour.
_WORDS = re.compile(
    r"(Error|Fault|Warning|Unsure|Finding|fault|refused|field|Field|lru_cache|dataclass|TypeVar)$"
)
_SHOWN = 90  # characters of a change; a longer one is shortened in its middle


@dataclass(frozen=True, slots=True)
class Break:
    """One change. `function` is where it stands (`Class.method`, or "" outside), `change` is `old -> new`."""

    function: str
    line: int
    change: str
    source: str


def breaks_of(source: str) -> list[list[Break]]:
    """Return the breaks of a module, those of one place together, in the order of the places."""
    raw = source.encode()
    starts = [0]
    for line in raw.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    found: list[list[Break]] = []
    for function, node, kinds in _places(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = raw[begin:end].decode()
        here = []
        for new in kinds:
            changed = (raw[:begin] + new.encode() + raw[end:]).decode()
            if new != old:
                here.append(Break(function, node.lineno, _shown(old, new), changed))
        if here:
            found.append(here)
    return found


def chosen(places: list[list[Break]], count: int, seed: str) -> list[Break]:
    """Return `count` breaks (0: all), by a seed: no place twice before each had its turn."""
    if not count:
        return [one for place in places for one in place if _is_python(one.source)]
    dice = random.Random(seed)
    queues = [dice.sample(place, len(place)) for place in places]
    taken: list[Break] = []
    while queues and len(taken) < count:
        dice.shuffle(queues)
        ready = (queue.pop() for queue in queues[: count - len(taken)])
        taken += [one for one in ready if _is_python(one.source)]
        queues = [queue for queue in queues if queue]
    return sorted(taken, key=lambda one: (one.line, one.change))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _shown(old: str, new: str) -> str:
    """Return a change in one line: only where the two differ, if they are long."""
    old, new = (" ".join(text.split()) for text in (old, new))
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    from_here = max(0, start - 15)
    cut = [
        text if len(text) <= _SHOWN else f"...{text[from_here:][:_SHOWN]}" for text in (old, new)
    ]
    return f"{cut[0]} -> {cut[1] or 'nothing'}"


# --- places -----------------------------------------------------------------------------------


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.AST, list[str]]]:
    """Yield each place that can break, with the function it is in and what may stand there instead."""
    asked = [node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp)]
    asked += [
        each for node in ast.walk(tree) if isinstance(node, ast.comprehension) for each in node.ifs
    ]
    yield from _within(tree, "", frozenset(map(id, asked)))


def _within(
    node: ast.AST, function: str, asked: frozenset[int]
) -> Iterator[tuple[str, ast.AST, list[str]]]:
    for child in ast.iter_child_nodes(node):
        if _is_left_alone(node, child):
            continue
        inner = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}".lstrip(".")
        kinds = list(dict.fromkeys(_instead(child)))
        if id(child) in asked:
            text = ast.unparse(child)
            kinds += [f"(not ({text}))", f"(False and ({text}))"]
        if kinds:
            yield inner, child, kinds
        yield from _within(child, inner, asked)


def _is_left_alone(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a node is no behaviour: an annotation, a docstring, an import, words for people."""
    if isinstance(child, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
        return True
    if isinstance(parent, ast.AnnAssign | ast.arg) and child is parent.annotation:
        return True
    if isinstance(parent, ast.FunctionDef) and (
        child is parent.returns or child in parent.decorator_list
    ):
        return True
    if isinstance(parent, ast.ClassDef) and (
        child in parent.decorator_list or child in parent.bases or child in parent.keywords
    ):
        return True
    if isinstance(child, ast.keyword) and child.arg == "strict":  # of zip: it only asserts
        return True
    if isinstance(child, ast.Assign) and re.match("__|cure$|hint$", ast.unparse(child.targets[0])):
        return True
    return isinstance(parent, ast.Call) and bool(_WORDS.search(ast.unparse(parent.func)))


# --- what may stand there instead -------------------------------------------------------------


def _instead(node: ast.AST) -> Iterator[str]:
    """Yield other code for a node."""
    if isinstance(node, ast.Raise | ast.Continue | ast.Break | ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom)
    ):
        yield "pass"
    elif isinstance(node, ast.Return):
        if node.value is not None and ast.unparse(node.value) != "None":
            yield "return None"
    elif isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        yield from _joined(node)
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not | ast.USub):
            yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp):
        yield from _combined(node)
    elif isinstance(node, ast.IfExp):
        yield f"({ast.unparse(node.orelse)} if {ast.unparse(node.test)} else {ast.unparse(node.body)})"
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.Constant):
        yield from _constant(node.value)
    elif isinstance(node, ast.Set | ast.Tuple | ast.List) and not _is_target(node):
        yield from _without_one(node)
    elif isinstance(node, ast.Dict):
        yield from _without_entry(node)


def _is_target(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)


def _compared(node: ast.Compare) -> Iterator[str]:
    for index, op in enumerate(node.ops):
        for other in _OTHER[type(op)]:
            new = copy.deepcopy(node)
            new.ops[index] = other()  # type: ignore[call-overload]
            yield f"({ast.unparse(new)})"


def _joined(node: ast.BoolOp) -> Iterator[str]:
    new = copy.deepcopy(node)
    new.op = _OTHER[type(node.op)][0]()  # type: ignore[assignment]
    yield f"({ast.unparse(new)})"
    for index in range(len(node.values)):
        rest = [ast.unparse(value) for at, value in enumerate(node.values) if at != index]
        word = " and " if isinstance(node.op, ast.And) else " or "
        yield f"({word.join(f'({each})' for each in rest)})"


def _combined(node: ast.BinOp) -> Iterator[str]:
    if isinstance(node.left, ast.JoinedStr) or isinstance(node.right, ast.JoinedStr):
        return
    for other in _OTHER.get(type(node.op), ()):
        new = copy.deepcopy(node)
        new.op = other()  # type: ignore[assignment]
        yield f"({ast.unparse(new)})"


def _called(node: ast.Call) -> Iterator[str]:
    named = ast.unparse(node.func)
    if named in ("set", "frozenset", "tuple", "sorted") and node.args:
        yield f"{named}(())" if named != "sorted" else f"list({ast.unparse(node.args[0])})"
    if _WORDS.search(named) or len(node.args) < 2 or named in ("min", "max", "isinstance"):
        return
    if not any(isinstance(arg, ast.Starred) for arg in node.args[:2]):
        new = copy.deepcopy(node)
        new.args[0], new.args[1] = new.args[1], new.args[0]
        yield ast.unparse(new)


def _constant(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
        yield f"({value - 1})"
    elif isinstance(value, str) and value:
        if value.upper() != value.lower():
            yield repr(f"{value}~")
        if len(value) > 1:
            yield repr(value[1:])
            yield repr(value[: len(value) // 2] + value[len(value) // 2 + 1 :])
        words = value.split()
        for at in range(len(words) if 1 < len(words) < 200 else 0):
            yield repr(" ".join(words[:at] + words[at + 1 :]))
        yield from _patterns(value)


def _patterns(value: str) -> Iterator[str]:
    """Yield a regular expression without one of its alternatives or ends."""
    for part in (r"(?:^|(?<=[|(]))[^|()\[\]]+\|", r"\|[^|()\[\]]+(?=[|)]|$)"):
        for found in re.finditer(part, value):
            yield repr(value[: found.start()] + value[found.end() :])
    for end in ("^", "$", r"\b", "(?i)", "(?m)", "?"):
        if end in value and "\\" in value:
            yield repr(value.replace(end, "", 1))


def _without_one(node: ast.Set | ast.Tuple | ast.List) -> Iterator[str]:
    if len(node.elts) < 2 or (isinstance(node, ast.Tuple) and _is_pair(node)):
        return
    for index in range(len(node.elts)):
        new = copy.deepcopy(node)
        del new.elts[index]
        yield ast.unparse(new)


def _is_pair(node: ast.Tuple) -> bool:
    """Whether a tuple is a record, whose parts all have a meaning by their place."""
    return not all(
        isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.elts
    )


def _without_entry(node: ast.Dict) -> Iterator[str]:
    for index in range(len(node.keys)):
        new = copy.deepcopy(node)
        del new.keys[index], new.values[index]
        yield ast.unparse(new)
