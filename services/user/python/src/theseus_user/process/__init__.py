"""The process: environment, log, socket address, clock and ids."""
