"""Four ways to build a news page, one module each: ``article_page(article, around)`` gives the whole HTML."""

from importlib.resources import files


def theme_file(name: str) -> str:
    """Text of a style sheet or script that stands inside the page."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
