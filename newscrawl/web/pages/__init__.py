"""The HTML pages."""

from fastapi import APIRouter

from newscrawl.web.pages.front import router as front

router = APIRouter(include_in_schema=False)
"""All pages."""
router.include_router(front)
