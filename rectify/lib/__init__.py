"""Leaves: small modules that every room may use and that import no room."""
