"""Users: the rules, registration, the first administrator."""
