"""The page at the desk, its JSON API, and the doors for an EHR: a thin shell around `careleaf.desk`."""
