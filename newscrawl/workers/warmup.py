"""Imported by the process that workers are forked from: everything that is slow the first time, done once."""

import gc

from newscrawl.workers.heap import map_large_blocks
from newscrawl.workers.tasks import warm_up

map_large_blocks()
warm_up()

# What is here stays: the collector need not look through it again after every few pages, nor copy it by doing so.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
