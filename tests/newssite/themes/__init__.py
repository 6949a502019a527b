"""Four page templates, one module each: ``article_page(article, around)`` returns the whole HTML."""

from importlib.resources import files


def theme_file(name: str) -> str:
    """Return the text of a style sheet or script to inline."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
