"""Serves the parts over HTTP: the router of the API, and how the program fares."""
