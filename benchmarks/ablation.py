"""Take out one function of the extraction at a time, and count the pages that get better or worse without it.

    python benchmarks/ablation.py CORPUS... --folds DIRECTORY [--only PATTERN] [--without-metadata] [--pages 400]

A function is taken out by making it return what says nothing: False, None, nothing in a list, or its first argument. A
first run over all pages records on which of them it returns anything else; up to --pages of these are extracted without
it. For each figure of benchmarks/scoring.py, pages that are better and worse with the function are counted.

The block model and the page-type model stay as they are, so what a function does as their feature is counted as if it
could not be replaced: body rules look more useful than they are. With --folds (written by training/body_model.py) each
page of the corpora that the model was trained on is classified by one that has not seen its site.
"""

from __future__ import annotations

import argparse
import functools
import gc
import inspect
import json
import multiprocessing
import pkgutil
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import fmean
from types import FunctionType, ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import newscrawl
from benchmarks.corpus import Corpus, SavedPage
from benchmarks.extraction import prediction, run
from benchmarks.folds import unseen_models
from benchmarks.scoring import LESS_IS_BETTER, page_figures

PACKAGES = ("newscrawl.boilerplate", "newscrawl.extraction.body", "newscrawl.extraction.declared",
            "newscrawl.extraction.metadata", "newscrawl.fields", "newscrawl.loaders")  # fmt: skip
"""Packages with rules; the others parse."""
TRAINED_ON = ("news-dev", "wcxb-dev")
KEEPS_ARGUMENT = ("without", "with", "drop", "keep", "narrow", "cut", "strip", "trim", "clean", "remove", "prefer",
                  "complete", "limit", "separate", "correct", "merge", "find_earlier")  # fmt: skip
"""Starts of the names of functions that return their argument where they find nothing to change."""
FIGURES = ("word_f1", "exact", "leaks", "kept", "headline", "authors", "day", "instant")
MIN_CHANGE = 0.002
"""Change of a figure of one page that counts."""
PROCESSES = 2
_METADATA = re.compile(
    rb"<script[^>]*ld\+json[^>]*>.*?</script>|<meta(?![^>]*(?:charset|http-equiv))[^>]*>", re.IGNORECASE | re.DOTALL
)

Neutral = Callable[..., Any]

MODULES: list[ModuleType] = []
RULES: list[Rule] = []
EVALUATOR: Evaluator
"""Set before processes are forked, which share them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A function that can be taken out."""

    name: str
    """`package.module.function`, without "newscrawl."."""
    owner: Any
    """Module or class."""
    attribute: str
    function: FunctionType
    neutral: Neutral
    is_static: bool = False

    @property
    def is_procedure(self) -> bool:
        """Whether it only has effects, so that one cannot tell from outside if it had any."""
        return inspect.signature(self.function).return_annotation == "None"

    def replace(self, modules: list[ModuleType], replacement: Callable[..., Any]) -> None:
        """Put *replacement* wherever the function is known by a name or stands in a tuple."""
        if inspect.isclass(self.owner):
            setattr(self.owner, self.attribute, staticmethod(replacement) if self.is_static else replacement)
            return
        for module in modules:
            for name, value in list(vars(module).items()):
                if value is self.function:
                    setattr(module, name, replacement)
                elif type(value) is tuple and self.function in value:
                    setattr(module, name, tuple(replacement if one is self.function else one for one in value))


def find_modules() -> list[ModuleType]:
    """Import and return all modules of the package."""
    names = [one.name for one in pkgutil.walk_packages(newscrawl.__path__, "newscrawl.")]
    return [import_module(name) for name in names if name.startswith(PACKAGES) or name in sys.modules]


def find_rules(modules: list[ModuleType]) -> Iterator[Rule]:
    for module in modules:
        if not module.__name__.startswith(PACKAGES):
            continue
        name = module.__name__.removeprefix("newscrawl.")
        for attribute, value in list(vars(module).items()):
            if getattr(value, "__module__", "") != module.__name__:
                continue
            if inspect.isclass(value):
                for method, one in list(vars(value).items()):
                    is_static = isinstance(one, staticmethod)
                    function = one.__func__ if is_static else one
                    if inspect.isfunction(function) and (neutral := get_neutral(function)) is not None:
                        yield Rule(f"{name}.{attribute}.{method}", value, method, function, neutral, is_static)
            elif inspect.isfunction(inspect.unwrap(value)) and (neutral := get_neutral(value)) is not None:
                yield Rule(f"{name}.{attribute}", module, attribute, value, neutral)


def get_neutral(function: FunctionType) -> Neutral | None:
    """Return a function with the same parameters that says nothing; None if that cannot be told from its types."""
    name = function.__name__.lstrip("_")
    signature = inspect.signature(function)
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    returns = str(signature.return_annotation)
    if function.__name__.startswith("__") or (not parameters and "self" not in signature.parameters):
        return None
    at = int("self" in signature.parameters)
    if name.startswith(KEEPS_ARGUMENT) and parameters and _is_same_kind(str(parameters[0].annotation), returns):
        return lambda *args, **kwargs: args[at] if len(args) > at else kwargs[parameters[0].name]
    if returns == "bool":
        return lambda *args, **kwargs: False
    if returns.endswith("| None") or returns == "None":
        return lambda *args, **kwargs: None
    for kind, empty in (("list", list), ("dict", dict), ("tuple", tuple), ("frozenset", frozenset), ("set", set)):
        if returns.startswith(kind):
            return lambda *args, **kwargs: empty()
    if returns.startswith(("Sequence", "Iterator", "Collection")):
        return lambda *args, **kwargs: iter(()) if returns.startswith("Iterator") else ()
    if returns == "str" and len(parameters) and str(parameters[0].annotation) == "str":
        return lambda *args, **kwargs: args[at] if len(args) > at else kwargs[parameters[0].name]
    return None


def _is_same_kind(parameter: str, returns: str) -> bool:
    lists = ("list", "Sequence", "Iterable", "tuple")
    return parameter == returns or (parameter.startswith(lists) and returns.startswith(lists))


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page and its ground truth."""

    corpus: str
    page: SavedPage
    true: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.corpus}/{self.page.id}"


def strip_metadata(page: SavedPage) -> SavedPage:
    """Return a page without JSON-LD and `meta` elements, as old sites write them: only what readers see tells."""
    return replace(page, body=_METADATA.sub(b"", page.body))


class Evaluator:
    """Extracts pages and scores them."""

    def __init__(self, corpora: list[Corpus], folds: Path | None, *, without_metadata: bool = False) -> None:
        truths = {corpus.name: corpus.ground_truth() for corpus in corpora}
        self.pages = [
            Page(corpus.name, page, truths[corpus.name][page.id]) for corpus in corpora for page in corpus.pages()
        ]
        if without_metadata:
            self.pages = [replace(one, page=strip_metadata(one.page)) for one in self.pages]
        self._unseen, self._now = unseen_models(folds), datetime.now(UTC)

    def score(self, page: Page) -> dict[str, float]:
        """Return the figures of a page; those of snippets are means."""
        model = self._unseen(page.page.url) if page.corpus in TRAINED_ON else None
        predicted = prediction(*run(page.page, self._now, model))
        values: dict[str, list[float]] = defaultdict(list)
        for name, value in page_figures(page.true, predicted):
            values[name].append(value)
        skipped = () if page.true.get("article_body") else ("word_f1", "exact")
        figures = {name: fmean(found) for name, found in values.items() if name in FIGURES and name not in skipped}
        return figures | {"article": float(predicted["page_type"] == "article")}


def record_fired(rules: list[Rule], modules: list[ModuleType], fired: set[str]) -> None:
    """Make each function note its name in *fired* when it returns anything but what its neutral form returns."""

    def recorder(rule: Rule) -> Callable[..., Any]:
        @functools.wraps(rule.function)
        def record(*args: Any, **kwargs: Any) -> Any:
            if rule.name in fired:
                return rule.function(*args, **kwargs)
            returned = rule.function(*args, **kwargs)
            if inspect.isgenerator(returned):
                values = list(returned)
                returned, is_neutral = iter(values), not values
            else:
                is_neutral = not rule.is_procedure and _equals(returned, rule.neutral(*args, **kwargs))
            if not is_neutral:
                fired.add(rule.name)
            return returned

        return record

    for rule in rules:
        rule.replace(modules, recorder(rule))


def _equals(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except ValueError:
        return False


def clear_caches(modules: list[ModuleType]) -> None:
    """Empty the caches of functions with arguments: a function called on one page only would not be seen on others."""
    for module in modules:
        for value in vars(module).values():
            wrapped = getattr(value, "__wrapped__", None)
            if hasattr(value, "cache_clear") and wrapped is not None and inspect.signature(wrapped).parameters:
                value.cache_clear()


def _scan(numbers: list[int]) -> list[tuple[str, dict[str, float], set[str]]]:
    """Score pages with recorders; runs in a process of its own."""
    fired: set[str] = set()
    record_fired(RULES, MODULES, fired)
    found = []
    for number in numbers:
        fired.clear()
        clear_caches(MODULES)
        page = EVALUATOR.pages[number]
        found.append((page.key, EVALUATOR.score(page), set(fired)))
    return found


def _ablate(task: tuple[int, list[int]]) -> tuple[int, list[tuple[str, dict[str, float]]] | str]:
    """Score pages without a function, or return the error that this raises; runs in a process of its own."""
    number, pages = task
    RULES[number].replace(MODULES, RULES[number].neutral)
    try:
        return number, [(page.key, EVALUATOR.score(page)) for page in (EVALUATOR.pages[at] for at in pages)]
    except Exception as error:
        return number, type(error).__name__


def compare(before: dict[str, dict[str, float]], found: list[tuple[str, dict[str, float]]]) -> dict[str, Counter[str]]:
    """Return figure -> number of pages that the function makes `better` and `worse`."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, without in found:
        for name, value in before[key].items():
            change = value - without.get(name, 0.0)
            change = -change if name in LESS_IS_BETTER else change
            if abs(change) >= MIN_CHANGE:
                counts[name]["better" if change > 0 else "worse"] += 1
    return counts


def measure(every_rule: list[int], page_limit: int) -> Iterator[tuple[Rule, int, dict[str, Counter[str]] | str]]:
    """Yield each rule with the number of pages on which it fired, and what it makes of them, or why it is needed."""
    context = multiprocessing.get_context("fork")
    # Processes share what one page has loaded.
    EVALUATOR.score(EVALUATOR.pages[0])
    gc.freeze()
    numbers = Random(1).sample(range(len(EVALUATOR.pages)), len(EVALUATOR.pages))
    fired_on: dict[str, list[int]] = defaultdict(list)
    before: dict[str, dict[str, float]] = {}
    at = {page.key: number for number, page in enumerate(EVALUATOR.pages)}
    with context.Pool(PROCESSES, maxtasksperchild=1) as pool:
        for part in pool.imap(_scan, [numbers[start::PROCESSES] for start in range(PROCESSES)], chunksize=1):
            for key, figures, names in part:
                before[key] = figures
                for name in names:
                    fired_on[name].append(at[key])
        print(f"{len(before)} pages scored", file=sys.stderr, flush=True)
        tasks = [(rule, Random(1).sample(pages, min(page_limit, len(pages)))) for rule in every_rule
                 if (pages := sorted(fired_on[RULES[rule].name]))]  # fmt: skip
        for rule, found in pool.imap(_ablate, tasks, chunksize=1):
            name = RULES[rule].name
            yield RULES[rule], len(fired_on[name]), found if isinstance(found, str) else compare(before, found)


def main() -> None:
    global MODULES, RULES, EVALUATOR
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY")
    parser.add_argument("--without-metadata", action="store_true", help="take JSON-LD and meta elements out of pages")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only functions whose names match it")
    parser.add_argument("--pages", type=int, default=400, metavar="N", help="pages that are extracted without a rule")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--out", type=Path, help="also write the counts to a file of JSON lines")
    options = parser.parse_args()
    MODULES = find_modules()
    RULES = list(find_rules(MODULES))
    EVALUATOR = Evaluator(
        [Corpus(folder, options.every) for folder in options.corpora],
        options.folds,
        without_metadata=options.without_metadata,
    )
    chosen = [number for number, rule in enumerate(RULES) if re.search(options.only, rule.name)]
    print(f"{len(chosen)} functions", file=sys.stderr, flush=True)
    print(f"| function | pages | {' | '.join((*FIGURES, 'article'))} |\n|{' --- |' * (len(FIGURES) + 3)}")
    out = options.out.open("w", encoding="utf-8") if options.out else None
    for rule, fired, counts in measure(chosen, options.pages):
        if isinstance(counts, str):
            print(f"| {rule.name} | {fired} | needed: {counts} |", flush=True)
            continue
        cells = (
            f"{one['better']}:{one['worse']}" if (one := counts.get(name)) else "" for name in (*FIGURES, "article")
        )
        print(f"| {rule.name} | {fired} | {' | '.join(cells)} |", flush=True)
        if out:
            out.write(json.dumps({"rule": rule.name, "fired": fired, "counts": counts}) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
