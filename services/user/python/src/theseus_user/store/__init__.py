"""The documents in MongoDB, as storage.md describes them."""
