"""The JSON routes, under /api/v1."""

from fastapi import APIRouter

from newscrawl.web.api.articles import router as articles
from newscrawl.web.api.changes import router as changes
from newscrawl.web.api.runs import router as runs
from newscrawl.web.api.search import router as search
from newscrawl.web.api.sites import router as sites

router = APIRouter()
"""All of them."""
for part in (search, articles, changes, sites, runs):
    router.include_router(part)
