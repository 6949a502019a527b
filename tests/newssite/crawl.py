"""`make crawl`: serve the bundled site on loopback and crawl it as a user would crawl any site.

Its articles get a database of their own. NEWSCRAWL_DATABASE_URL may name another, if that holds no other site.
"""

from __future__ import annotations

import os
import subprocess
import sys

from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import NewscrawlError
from newscrawl.storage.engine import connect_for_reading, open_existing
from newscrawl.storage.queries.names import list_sites
from tests.newssite.server import NAMES, PORTS_VARIABLE, PortError, serve

DATABASE_URL = "sqlite:///demo.db"
VARIABLE = "NEWSCRAWL_DATABASE_URL"


def main() -> int:
    first, _, second = os.environ.get(PORTS_VARIABLE, "8471,8472").partition(",")
    try:
        with serve(ports=(int(first), int(second))) as running:
            return crawl(running.urls)
    except PortError as error:
        print(f"could not serve the bundled site: {error}", file=sys.stderr)
        return 2


def crawl(urls: tuple[str, str]) -> int:
    database_url = choose_database(os.environ.get(VARIABLE))
    print(f"Serving the bundled news site at {' and '.join(urls)} until the crawl ends.")
    print(f"Its articles go to {database_url.removeprefix('sqlite:///')}, apart from those of real sites.", flush=True)
    # No download delay: it would only protect other people's servers.
    defaults = {"NEWSCRAWL_DELAY": "0", "NEWSCRAWL_CONTACT": "https://example.org/bundled-site"}
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(urls)}", *sys.argv[1:]]
    environment = defaults | os.environ | {VARIABLE: database_url}
    code = subprocess.run(command, env=environment, check=False).returncode
    if code == 0:
        print("Next, crawl a real site:  make crawl URL=https://www.example.org/")
    return code


def choose_database(named: str | None) -> str:
    """Return the database *named* by the user if it holds only the bundled site or nothing, else one of our own."""
    if not named:
        return DATABASE_URL
    try:
        engine = open_existing(named)
        try:
            with connect_for_reading(engine) as connection:
                others = [site for site in list_sites(connection) if site.partition(":")[0] not in NAMES]
        finally:
            engine.dispose()
    except (NewscrawlError, DBAPIError):
        # There is none yet, it has no tables, or the crawl says what is wrong with it.
        return named
    if others:
        print(f"{VARIABLE} names a database with real sites ({others[0]}, …), so it is not used here.")
        return DATABASE_URL
    return named


if __name__ == "__main__":
    sys.exit(main())
