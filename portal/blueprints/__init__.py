"""The slices of the house, each a noun; the import contract «slices» gives their order."""
