"""HTML to PDF: only here, and where the stencil cuts, is the renderer known."""
