"""Passwords: hashes, and the threads that compute them."""
