"""Who has coffee with whom, and when: from values only."""
