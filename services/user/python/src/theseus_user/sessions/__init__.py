"""Sessions: signing in, refreshing, and their tokens."""
