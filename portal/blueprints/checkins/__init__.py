"""Check-ins: how one is, for oneself or for one colleague; and the wall of small joys."""
