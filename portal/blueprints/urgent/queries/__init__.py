"""Reading calls, rings and incidents, for who looks."""
