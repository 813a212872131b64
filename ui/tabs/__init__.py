"""The tabs of the application, one a file."""
