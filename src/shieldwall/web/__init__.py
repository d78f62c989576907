"""The HTTP edge: TAXII 2.1, a JSON API, the console, health and metrics. Rules and storage are elsewhere."""
