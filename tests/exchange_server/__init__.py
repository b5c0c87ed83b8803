"""A test Exchange server: speaks EWS SOAP over HTTP on loopback to a real exchangelib client."""
