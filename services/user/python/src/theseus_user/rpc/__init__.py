"""What every service does with a call, from the options of the contract alone."""
