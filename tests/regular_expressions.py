"""Every regular expression of the package, and texts that make it try again from each place.

    python -m tests.regular_expressions [PATTERN OF A NAME]

Repeats what an expression is made of (its words, signs, classes), by itself and behind a beginning
of its own, and lists those whose processor time grows like the square of the length, or worse.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import matcher

_CONTAINERS = (list, tuple, set, frozenset)
_OF_RE = frozenset(("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"))
# What anything may be repeated as, whatever an expression is made of.
COMMON = (
    "1", " ", "\n", "\u3000", ",", "、", "。", "；", ".", "-", "(", "（", ")", "（）", "一", "张",
    "a", "A", "Aa ", "1 ", "1,", "1.", "张 ", "a ", "\n ", "1\n", "张1", "张、", "张，", "(1)",
    "年1", "“", "“”", "x",
)  # fmt: skip
_MOST_UNITS, _MOST_PREFIXES, _BEHIND = 24, 3, 4
_SHORT = 1_000
# Twice as long takes twice as long, or four times where it grows with the square.
_MOST_TIMES, _LEAST_SECONDS, _MOST_SECONDS = 3.0, 0.005, 1.0


class Named(NamedTuple):
    """An expression, where it stands, and how it is asked there: all ways if nobody can tell."""

    name: str
    pattern: re.Pattern[str]
    asked: frozenset[str] = _OF_RE


class Finding(NamedTuple):
    """What makes an expression slow: seconds for a text and for one twice as long."""

    named: Named
    way: str
    prefix: str
    unit: str
    once: float
    twice: float


def expressions() -> list[Named]:
    """All that stand in the modules, in whatever containers and functions, each once."""
    found: dict[tuple[str, int], Named] = {}
    modules = list(_modules())
    asked = _ways_asked(modules)
    for module in modules:
        for named in (*_in_module(module), *_in_calls(module)):
            name = re.split(r"[(\[]", named.name)[0].rpartition(".")[2]
            ways = named.asked
            if ways is _OF_RE:
                ways = frozenset(asked.get((_home(module, name), name), ways))
            key = (named.pattern.pattern, named.pattern.flags)
            before = found.get(key)
            if before and named.name.startswith(f"{module.__name__}:") and ways == _OF_RE:
                continue  # compiled here, and found under its name
            found[key] = named._replace(asked=ways | (before.asked if before else frozenset()))
    return list(found.values())


def _ways_asked(modules: list[Any]) -> dict[tuple[str, str], set[str]]:
    """For each module and name: the methods it is asked by; not told where it is handed on."""
    asked: dict[tuple[str, str], set[str]] = {}
    otherwise: set[tuple[str, str]] = set()
    for module in modules:
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        called: set[int] = set()
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or node.attr not in _OF_RE:
                continue
            inner = node.value.func if isinstance(node.value, ast.Call) else node.value
            if isinstance(inner, ast.Name):
                called.add(id(inner))
                asked.setdefault((_home(module, inner.id), inner.id), set()).add(node.attr)
        otherwise |= {
            (_home(module, node.id), node.id)
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            and id(node) not in called
        }  # fmt: skip
    return {name: ways for name, ways in asked.items() if name not in otherwise}


def _home(module: Any, name: str) -> str:
    """The module of a name: any, where others may import it."""
    return module.__name__ if name.startswith("_") else ""


def _modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(matcher.__path__, "matcher."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def _in_module(module: Any) -> Iterator[Named]:
    for name, value in list(vars(module).items()):
        where = f"{module.__name__}.{name}"
        own = getattr(value, "__module__", None) == module.__name__
        if inspect.isclass(value) and own:
            for attribute, held in list(vars(value).items()):
                yield from _held(held, f"{where}.{attribute}", 0)
        elif callable(value) and own:
            yield from _made_by(value, where)
        else:
            yield from _held(value, where, 0)


def _held(value: Any, where: str, depth: int) -> Iterator[Named]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield Named(where, value)
    elif depth > 4:
        return
    elif isinstance(value, dict):
        for key, item in list(value.items()):
            yield from _held(key, where, depth + 1)
            yield from _held(item, f"{where}[{str(key)[:20]}]", depth + 1)
    elif isinstance(value, _CONTAINERS):
        for number, item in enumerate(value):
            yield from _held(item, f"{where}[{number}]", depth + 1)
    elif type(value).__module__.startswith("matcher") and hasattr(value, "__dict__"):
        for name, item in vars(value).items():
            yield from _held(item, f"{where}.{name}", depth + 1)


def _made_by(function: Any, where: str) -> Iterator[Named]:
    """What functions without arguments make when they are first called."""
    try:
        made = inspect.signature(function)
    except (TypeError, ValueError):
        return
    if not made.parameters and "Pattern" in str(made.return_annotation):
        yield from _held(function(), f"{where}()", 0)


def _in_calls(module: Any) -> Iterator[Named]:
    """What is written out in a call: ``re.sub(r"…", …)``."""
    path = Path(module.__file__)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if of_re and node.func.attr in _OF_RE | {"compile"} and node.args:
            written = node.args[0]
            if isinstance(written, ast.Constant) and isinstance(written.value, str):
                name = f"{module.__name__}:{node.lineno}"
                known = node.func.attr != "compile"
                if not known and len(node.args) > 1:
                    continue  # found under its name, with its flags
                asked = frozenset((node.func.attr,)) if known else _OF_RE
                yield Named(name, re.compile(written.value), asked)


def pieces(pattern: re.Pattern[str]) -> list[str]:
    """Words, signs and one of each class of an expression, in their order, each once."""
    found: list[str] = []
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)

    def walk(items: Any) -> None:
        word = ""
        for operation, given in items:
            if operation is code.LITERAL:
                word += chr(given)
                continue
            if word:
                found.append(word)
                word = ""
            if operation is code.IN:
                found.extend(_of_class(given))
            elif operation is code.BRANCH:
                for branch in given[1]:
                    walk(branch)
            elif operation is code.SUBPATTERN:
                walk(given[-1])
            elif operation in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
                walk(given[2])
            elif operation in (code.ASSERT, code.ASSERT_NOT):
                walk(given[1])
            elif operation is code.ATOMIC_GROUP:
                walk(given)
        if word:
            found.append(word)

    walk(tree)
    return list(dict.fromkeys(found))


def _of_class(items: Any) -> Iterator[str]:
    for operation, given in items:
        if operation is code.LITERAL:
            yield chr(given)
        elif operation is code.RANGE:
            yield chr(given[0])
        elif operation is code.CATEGORY:
            yield {code.CATEGORY_DIGIT: "1", code.CATEGORY_SPACE: " "}.get(given, "张")


def _texts(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    own = pieces(pattern)
    step = max(1, len(own) // _MOST_UNITS)
    some = own[::step]
    pairs = [one + other for one, other in pairwise(own)][::step]
    units = dict.fromkeys((*COMMON, *some, *pairs))
    prefixes = ["", *own[:: max(1, len(own) // _MOST_PREFIXES)]]
    for unit in units:
        yield "", unit
    for prefix in prefixes[1:]:
        for unit in ("1", " ", "张", "a", ",", *some[:_BEHIND]):
            yield prefix, unit


def _ways(named: Named) -> dict[str, Callable[[str], object]]:
    """The ways it is asked, of those that begin everywhere the one that goes on to the end."""
    pattern, ways = named.pattern, dict[str, Callable[[str], object]]()
    anchored = () if named.asked == _OF_RE else ("match", "fullmatch")
    if named.asked - {"match", "fullmatch"}:
        everywhere = "search" if named.asked <= {"match", "fullmatch", "search"} else "sub"
        ways[everywhere] = pattern.search if everywhere == "search" else _all_of(pattern)
    ways |= {way: getattr(pattern, way) for way in anchored if way in named.asked}
    return ways


def _all_of(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: pattern.sub("", text)


class _TooLongError(Exception):
    """A single text takes more than anything here should."""


def _end(*_: object) -> None:
    raise _TooLongError


def spent(way: Callable[[str], object], text: str, most: float = _MOST_SECONDS) -> float:
    """Processor time for one text, or ``most``."""
    before = signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    began = time.process_time()
    try:
        way(text)
    except _TooLongError:
        return most
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - began


def grows(
    way: Callable[[str], object], prefix: str, unit: str, length: int
) -> tuple[float, float] | None:
    """The time for a text and for one twice as long, if that is far more than twice."""
    long = prefix + (unit * length)[: 2 * length] + "\0"
    twice = spent(way, long)
    if twice < _LEAST_SECONDS:
        return None
    twice = min(twice, spent(way, long))
    once = spent(way, prefix + (unit * length)[:length] + "\0")
    if twice < _LEAST_SECONDS or (twice < _MOST_TIMES * once and twice < _MOST_SECONDS):
        return None
    return once, twice


def slow(named: Named, length: int = _SHORT) -> Finding | None:
    """The first text that makes an expression slow, if any does."""
    for prefix, unit in _texts(named.pattern):
        for way, run in _ways(named).items():
            if (times := grows(run, prefix, unit, length)) is not None:
                return Finding(named, way, prefix, unit, *times)
    return None


def explodes(named: Named) -> str:
    """A word that makes two thousand letters take a second and more; "" if none does.

    Runs of white space are left out: what reads a text has made one of each before.
    """
    for prefix, unit in _texts(named.pattern):
        text = prefix + (unit * 2 * _SHORT)[: 2 * _SHORT] + "\0"
        if re.search(r"\s", unit):
            continue
        for run in _ways(named).values():
            if spent(run, text) >= _MOST_SECONDS and spent(run, text) >= _MOST_SECONDS:
                return prefix + unit
    return ""


def main() -> None:
    """List them."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    found = [named for named in expressions() if re.search(wanted, named.name)]
    print(len(found), "expressions", flush=True)
    for named in found:
        if finding := slow(named):
            print(
                f"{named.name} {finding.way} {finding.prefix!r}+{finding.unit!r}… "
                f"{finding.once * 1000:.0f} → {finding.twice * 1000:.0f} ms", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
