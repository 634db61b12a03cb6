"""An edition and a child's values to HTML."""
