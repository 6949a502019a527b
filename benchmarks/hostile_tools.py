"""Run the hostile pages of the tests through newscrawl and other extractors.

    python benchmarks/hostile_tools.py [--environment FOLDER] [--every N]

The others are installed into the environment of benchmarks/extractors.py. Each tool reads all pages in a process of its
own; one that dies or takes more than ten seconds for a page is replaced. Only pages with an article in them count.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import select
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.environments import environment
from benchmarks.extractors import PINS
from tests.hostile.pages import HostilePage
from tests.hostile.texts import all_pages

TIME_OUT = 10.0
"""Seconds for a page."""
PAGE_CPU_TIMEOUT = 2.0
"""CPU seconds after which a crawl kills the worker, and the page is `too_complex`."""
TOOLS = ("newscrawl", "trafilatura", "newspaper4k", "readability-lxml", "Scrapy")
URL = "https://example.org/2026/11/20/report-on-something-in-the-town"
COLUMNS = ("crashes", "time-outs", "refused with a reason", "article silently lost", "wrong text", "article whole")


def get_pages(every: int) -> list[HostilePage]:
    return [page for _, page in all_pages() if page.texts][::every]


def load(tool: str) -> Callable[[HostilePage, bytes], str | None]:
    """Return a function from a page to its text; None if the tool says why there is none."""
    from benchmarks.corpus import SavedPage

    if tool == "newscrawl":
        return read_with_newscrawl
    if tool == "Scrapy":
        return read_with_scrapy
    from benchmarks.tools import OTHERS

    read = next(one.read for one in OTHERS if one.name == tool)

    def run(page: HostilePage, body: bytes) -> str:
        return read(SavedPage(page.name, URL, body)).get("article_body") or ""

    return run


def read_with_newscrawl(page: HostilePage, body: bytes) -> str | None:
    from datetime import UTC, datetime

    from newscrawl.workers.tasks import PageInput, extract_article

    started = time.process_time()
    result = extract_article(PageInput(body, URL, datetime.now(UTC), page.content_type))
    is_over = time.process_time() - started > PAGE_CPU_TIMEOUT
    return None if is_over or result.article is None else result.article.article_body


def read_with_scrapy(page: HostilePage, body: bytes) -> str:
    """Do what a spider does: the paragraphs of the article, by a selector."""
    from scrapy.http import HtmlResponse

    response = HtmlResponse(URL, body=body, headers={"Content-Type": page.content_type.encode("latin-1", "replace")})
    return "\n".join("".join(one.css("::text").getall()) for one in response.css("article p"))


def serve(tool: str, every: int, start: int) -> None:
    """Read the pages from *start* on; print a line for each."""
    warnings.simplefilter("ignore")
    logging.disable()
    read = load(tool)
    print("{}", flush=True)
    for page in get_pages(every)[start:]:
        body = page.make()
        try:
            text = read(page, body)
            result = "refused with a reason" if text is None else judge(page, text)
        except Exception as error:
            result = "crashes"
            print(f"{tool}: {page.name}: {error!r}"[:200], file=sys.stderr)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"result": result, "peak": peak}), flush=True)


def judge(page: HostilePage, text: str) -> str:
    words = " ".join(text.split())
    found = sum(" ".join(one.split()) in words for one in page.texts)
    if not found:
        return "article silently lost"
    is_whole = found == len(page.texts) and not any(one in words for one in page.lost)
    return "article whole" if is_whole else "wrong text"


def measure(tool: str, python: Path, every: int) -> tuple[Counter[str], int]:
    """Return the results of a tool, and its peak memory in MiB."""
    counts, peak, done, number = Counter[str](), 0, 0, len(get_pages(every))
    while done < number:
        command = [str(python), __file__, "--tool", tool, "--every", str(every), "--start", str(done)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        while done < number:
            is_ready = select.select([process.stdout], [], [], TIME_OUT)[0]
            line = process.stdout.readline() if is_ready else ""
            result: dict[str, Any] = json.loads(line) if line else {}
            counts[result.get("result", "crashes" if is_ready else "time-outs")] += 1
            peak, done = max(peak, result.get("peak", 0)), done + 1
            if not result:
                break
        process.kill()
        process.wait()
    return counts, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, metavar="FOLDER", help="where the tools are installed")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--tool", choices=TOOLS, help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tool:
        serve(options.tool, options.every, options.start)
        return 0
    python = environment("extractors", PINS, options.environment)
    print("| | inputs |", " | ".join(COLUMNS), "| peak memory, MiB |")
    print("| --- " * (len(COLUMNS) + 3) + "|")
    for tool in TOOLS:
        counts, peak = measure(tool, python, options.every)
        print(
            f"| {tool} | {counts.total()} |", " | ".join(str(counts[one]) for one in COLUMNS), f"| {peak} |", flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
