"""One layout, every child: the same pixels, text and tags as the press, or `Unsure`; without this folder all works, slower."""
