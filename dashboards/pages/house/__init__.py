"""What all pages share: the frame around them, forms, files, and the pages about the pages."""
