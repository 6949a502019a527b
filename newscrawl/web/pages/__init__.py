"""The HTML pages."""

from fastapi import APIRouter

from newscrawl.web.pages.articles import router as articles
from newscrawl.web.pages.history import router as history
from newscrawl.web.pages.overview import router as overview
from newscrawl.web.pages.search import router as search
from newscrawl.web.pages.sites import router as sites
from newscrawl.web.pages.stories import router as stories

router = APIRouter(include_in_schema=False)
"""All pages."""
for _part in (overview, search, articles, stories, sites, history):
    router.include_router(_part)
