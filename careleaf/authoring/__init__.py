"""For translators, authors and reviewers: never needed for a child's sheet."""
