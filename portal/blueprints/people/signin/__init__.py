"""Ways to sign in, one module each."""
