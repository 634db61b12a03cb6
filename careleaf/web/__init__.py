"""The page for staff and the doors for an EHR, a thin shell: reads a request, asks, answers."""
