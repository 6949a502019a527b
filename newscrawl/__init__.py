"""newscrawl: from news sites to clean, deduplicated articles in SQL."""

__version__ = "0.1.0"
