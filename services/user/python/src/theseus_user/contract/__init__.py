"""The contract's options, read in one place, and refusals as the contract names them."""
