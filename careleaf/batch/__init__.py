"""Many sheets to a folder, by one process, several, or a cluster."""
