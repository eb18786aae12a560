"""Sessions: signing in, refreshing, and the tokens of both."""
