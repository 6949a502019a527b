"""Archives of saved pages: WARC files, and folders of gzipped HTML with an index."""
