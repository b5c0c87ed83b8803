"""Exchange Online by Microsoft Graph, over requests. Used by the worker only, never while a page waits."""
