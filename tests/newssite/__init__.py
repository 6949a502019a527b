"""A bundled news site: two hosts generated from a seed, served on loopback, with the ground truth of every page."""
