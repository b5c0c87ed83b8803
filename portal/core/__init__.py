"""The ground floor: knows no slice and no request."""
