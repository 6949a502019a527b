"""Serve the bundled site or print its ground truth.

``python -m tests.newssite serve`` and ``python -m tests.newssite ground-truth``
"""

import argparse
import asyncio
import os
import signal
import sys
from datetime import date
from pathlib import Path

from tests.newssite.ground_truth import format_ground_truth
from tests.newssite.server import PORTS, PORTS_VARIABLE, Options, PortError, RunningSite, bind, get_host_urls
from tests.newssite.site import HOST_URLS


def _ports(text: str) -> tuple[int, int]:
    try:
        first, second = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"invalid ports {text!r}: expected a pair like {PORTS[0]},{PORTS[1]}"
        ) from None
    if not (0 <= first <= 65535 and 0 <= second <= 65535) or (first == second and first):
        raise argparse.ArgumentTypeError(f"invalid ports {text!r}: expected two different ports from 0 to 65535")
    return first, second


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.newssite", description="Serve the bundled news site.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve both hosts on loopback until interrupted")
    ground_truth = commands.add_parser("ground-truth", help="print the ground truth of every article as JSON lines")
    default = os.environ.get(PORTS_VARIABLE, ",".join(map(str, PORTS)))
    for command in (serve, ground_truth):
        command.add_argument("--ports", type=_ports, default=default, help=f"default {default} (${PORTS_VARIABLE})")
        command.add_argument("--articles", type=int, help="number of articles; default and minimum 88")
        command.add_argument("--edition", type=int, choices=(1, 2), default=1)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; default today")
    serve.add_argument("--crawl-delay", type=float, help="seconds, declared in robots.txt")
    ground_truth.add_argument("--out", type=Path, help="output file; default standard output")
    return parser


async def _run(arguments: argparse.Namespace) -> None:
    sockets = bind(arguments.ports)
    options = Options(arguments.seed, arguments.articles, arguments.today, arguments.crawl_delay)
    running, stop = RunningSite(options, arguments.edition, get_host_urls(sockets)), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(*running.urls, sep="\n", flush=True)
    await running.listen(sockets, stop)


def _print_ground_truth(arguments: argparse.Namespace) -> None:
    first, second = arguments.ports
    urls = (HOST_URLS[0].replace("8471", str(first)), HOST_URLS[1].replace("8472", str(second)))
    options = Options(arguments.seed, arguments.articles, arguments.today)
    text = "\n".join(format_ground_truth(options.build(arguments.edition, urls))) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def main() -> int:
    arguments = _parser().parse_args()
    try:
        if arguments.command == "serve":
            asyncio.run(_run(arguments))
        else:
            _print_ground_truth(arguments)
    except (PortError, ValueError, OSError) as error:
        print(f"newssite: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
