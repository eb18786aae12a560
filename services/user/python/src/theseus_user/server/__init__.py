"""What every call passes on its way to a method, from the options of the contract alone."""
