"""A day's list, in whatever form it comes, to tasks: one a line, or the reason why there is none."""
