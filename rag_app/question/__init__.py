"""What a question says of companies, forms and periods, read by rules before anything is searched."""
