"""``python -m tests.newssite serve`` and ``python -m tests.newssite truth``."""

import argparse
import asyncio
import os
import signal
import sys
from datetime import date
from pathlib import Path

from tests.newssite.server import PORTS, PORTS_VARIABLE, Options, PortError, RunningSite, bind, urls_of
from tests.newssite.site import HOST_URLS
from tests.newssite.truth import truth_lines


def _ports(text: str) -> tuple[int, int]:
    try:
        first, second = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a pair of ports such as {PORTS[0]},{PORTS[1]}") from None
    if not (0 <= first <= 65535 and 0 <= second <= 65535) or (first == second and first):
        raise argparse.ArgumentTypeError(f"{text!r}: two different ports from 0 to 65535 are needed")
    return first, second


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.newssite", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve both hosts on loopback until interrupted")
    truth = commands.add_parser("truth", help="print what is true of every article, as JSON lines")
    usual = os.environ.get(PORTS_VARIABLE, ",".join(map(str, PORTS)))
    for command in (serve, truth):
        command.add_argument("--ports", type=_ports, default=usual, help=f"default {usual} (${PORTS_VARIABLE})")
        command.add_argument("--articles", type=int, help="how many articles; default and least is 88")
        command.add_argument("--edition", type=int, choices=(1, 2), default=1)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; default the real date")
    serve.add_argument("--crawl-delay", type=float, help="seconds, written into robots.txt")
    truth.add_argument("--out", type=Path, help="file to write; default standard output")
    return parser


async def _run(arguments: argparse.Namespace) -> None:
    sockets = bind(arguments.ports)
    options = Options(arguments.seed, arguments.articles, arguments.today, arguments.crawl_delay)
    running, until = RunningSite(options, arguments.edition, urls_of(sockets)), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, until.set)
    print(*running.urls, sep="\n", flush=True)
    await running.listen(sockets, until)


def _truth(arguments: argparse.Namespace) -> None:
    first, second = arguments.ports
    urls = (HOST_URLS[0].replace("8471", str(first)), HOST_URLS[1].replace("8472", str(second)))
    options = Options(arguments.seed, arguments.articles, arguments.today)
    text = "\n".join(truth_lines(options.build(arguments.edition, urls))) + "\n"
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
            _truth(arguments)
    except (PortError, ValueError, OSError) as error:
        print(f"newssite: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
