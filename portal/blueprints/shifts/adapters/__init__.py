"""The way out: the address that a rota is read from."""
