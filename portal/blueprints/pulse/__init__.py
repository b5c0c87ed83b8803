"""The pulse: closed weekly rounds, answers nobody can join to a person, and numbers nobody can be singled out from."""
