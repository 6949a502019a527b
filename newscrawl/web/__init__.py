"""The read-only web application: JSON, feeds, metrics and pages over the database of articles."""
