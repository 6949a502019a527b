"""`make crawl`: serve the bundled site on loopback and crawl it as a user would crawl any site."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.newssite.server import PORTS_VARIABLE, PortError, serve


def main() -> int:
    first, _, second = os.environ.get(PORTS_VARIABLE, "8471,8472").partition(",")
    try:
        with serve(ports=(int(first), int(second))) as running:
            return crawl(running.urls)
    except PortError as error:
        print(f"could not serve the bundled site: {error}", file=sys.stderr)
        return 2


def crawl(urls: tuple[str, str]) -> int:
    print(f"Serving the bundled news site at {' and '.join(urls)} until the crawl ends.", flush=True)
    # No download delay: it would only protect other people's servers.
    environment = {"NEWSCRAWL_DELAY": "0", "NEWSCRAWL_CONTACT": "https://example.org/bundled-site"} | os.environ
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(urls)}", *sys.argv[1:]]
    code = subprocess.run(command, env=environment, check=False).returncode
    if code == 0:
        print("Next, crawl a real site:  make crawl URL=https://www.example.org/")
    return code


if __name__ == "__main__":
    sys.exit(main())
