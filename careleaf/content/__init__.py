"""YAML to frozen models: every fault with its file, line and cure; nothing here knows a language or a page."""
