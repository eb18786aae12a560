"""The process: its environment, its log, its clock and its ids."""
