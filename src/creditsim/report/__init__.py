"""What the reader sees: figures, tables, the HTML document, the comparison object."""
