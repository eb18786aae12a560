"""Counts what one party uses up, over all instances."""
