"""The gRPC server: what holds for every call, by the options of the contract."""
