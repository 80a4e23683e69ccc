"""Requests and answers: routing, bodies, the API document, and calls between services."""
