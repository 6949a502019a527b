"""A bundled news site: two hosts, made from a seed, served on loopback, with the truth of what stands on every page."""
