"""Send thousands of generated requests to the API, and count answers that break its own description.

    python benchmarks/api_fuzz.py DATABASE_URL [--cases 10000]

schemathesis makes the requests from /api/v1/openapi.json: valid ones, and ones that break the description. An answer
of 5xx, an undeclared status or media type, a body that does not match its schema, and an accepted invalid request are
violations; the exit code is 1 if there is any. Each operation gets the same number of requests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
EXCLUDED = (
    # Nothing is created, so nothing can be used after it was removed; the server runs without a token.
    "use_after_free,ensure_resource_availability,ignored_auth,object_level_authorization,"
    # No schema says which text is a cursor, or a query with a valid date.
    "positive_data_acceptance"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url")
    parser.add_argument("--cases", type=int, default=10_000, help="at least so many requests")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    environment = os.environ | {"NEWSCRAWL_DATABASE_URL": options.database_url}
    command = [sys.executable, "-m", "scrapy", "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        [address] = re.findall(r"serves (http://\S+)/", server.stdout.readline())
        return fuzz(address, options.cases, options.seed)
    finally:
        server.terminate()
        server.wait(timeout=30)


def fuzz(address: str, cases: int, seed: int) -> int:
    """Run schemathesis until *cases* requests were answered; return its exit code."""
    description = httpx.get(f"{address}/api/v1/openapi.json").json()
    operations = sum(len(path) for path in description["paths"].values())
    sent, codes, code, started = 0, dict[str, int](), 0, time.monotonic()
    while sent < cases and code == 0:
        code = run_schemathesis(address, -(-(cases - sent) // operations), seed)
        seed += 1
        codes = count_answers(address)
        before, sent = sent, sum(codes.values())
        if sent == before:
            break
    seconds = time.monotonic() - started
    print(json.dumps({"requests": sent, "by_status": codes, "seconds": round(seconds), "violations": code != 0}))
    return code


def run_schemathesis(address: str, examples: int, seed: int) -> int:
    """Send about *examples* requests to each operation."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{address}/api/v1/openapi.json",
            "--checks=all",
            f"--exclude-checks={EXCLUDED}",
            "--phases=examples,coverage,fuzzing",
            f"--max-examples={examples}",
            f"--seed={seed}",
            "--workers=2",
            "--continue-on-failure",
            "--no-color",
            "--suppress-health-check=all",
        ]
        return subprocess.run(command, cwd=folder, check=False).returncode


def count_answers(address: str) -> dict[str, int]:
    """Return the number of answers by status, as the server counts them."""
    counts: dict[str, int] = {}
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    for line in lines:
        if line.startswith("newscrawl_http_requests_total{"):
            [status] = re.findall(r'status="(\d+)"', line)
            counts[status] = counts.get(status, 0) + int(float(line.rpartition(" ")[2]))
    return counts


if __name__ == "__main__":
    sys.exit(main())
