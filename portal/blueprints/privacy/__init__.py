"""What is held about people: shown in plain words, given along, and erased."""
