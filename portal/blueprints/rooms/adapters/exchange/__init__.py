"""Exchange by EWS, through exchangelib. Used by the worker only; nothing here is called while a page waits."""
