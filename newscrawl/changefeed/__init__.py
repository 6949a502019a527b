"""Deliver the change feed to consumers: as lines or as webhooks, at least once and in order."""
