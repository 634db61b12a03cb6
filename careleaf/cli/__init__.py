"""The command line, a thin shell: reads a request, asks, reports."""
