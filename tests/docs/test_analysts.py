"""The examples for analysts run: DuckDB, Parquet and the notebook."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import scrapy
from tests.support.paths import ROOT
from tests.support.store import NOW, Store


@pytest.fixture
def database(tmp_path: Path, make_article: Callable[..., Article]) -> Path:
    """Return a file with 20 articles of two sites on ten days."""
    file = tmp_path / "newscrawl.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    store = Store(engine)
    for number in range(20):
        site, published = f"{'ab'[number % 2]}.example", NOW - timedelta(days=number // 2)
        dates = {"date_published": published, "date_published_day": published.date()}
        store.save(make_article(f"https://{site}/{number}", site=site, **dates))
    store.close()
    engine.dispose()
    return file


def test_the_python_of_the_page_runs(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.chdir(database.parent)
    page = (ROOT / "docs/analysts.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    assert len(blocks) == 2
    assert "```sh\nscrapy export -o articles.parquet\n```" in page
    exported = scrapy("export", "-o", str(database.parent / "articles.parquet"), database_url=f"sqlite:///{database}")
    assert exported.code == 0, exported.log
    exec("\n".join(blocks), {})
    shown = capsys.readouterr().out
    assert re.search(r"a\.example\s+│\s+10", shown), shown
    assert "20" in shown.split("articles")[-1], "from Parquet"


@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs_from_the_database_to_a_chart(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    monkeypatch.setenv("NEWSCRAWL_DATABASE", str(database))
    notebook = nbformat.read(ROOT / "docs/analysis.ipynb", as_version=4)
    assert len((ROOT / "docs/analysis.ipynb").read_bytes()) < 100_000
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert any("20 articles of 2 sites" in output.get("text", "") for output in outputs)
