"""The EWS operations, one module per family."""
