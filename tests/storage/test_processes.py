"""Which processes exist."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from newscrawl.storage.processes import get_host, process_exists


def test_a_process_exists_until_it_ends_even_if_its_parent_does_not_wait_for_it() -> None:
    assert process_exists(os.getpid())
    assert get_host() == os.uname().nodename
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert process_exists(child.pid)
        child.kill()
        deadline = time.monotonic() + 10
        while process_exists(child.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not process_exists(child.pid)
        assert child.returncode is None
    assert not process_exists(child.pid)


def test_a_process_of_another_user_exists() -> None:
    assert process_exists(1)
