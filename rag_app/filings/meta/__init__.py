"""What a filing says of itself."""
