"""What is wrong with a wording or a sheet: it warns, and never prints."""
