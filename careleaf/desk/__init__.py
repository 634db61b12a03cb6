"""A request as typed to a finished sheet."""
