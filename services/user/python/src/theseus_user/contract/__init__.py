"""Reads the contract's options, and makes refusals of its reasons."""
