"""A small, real SMTP server on loopback, with faults that a test writes into its script."""
