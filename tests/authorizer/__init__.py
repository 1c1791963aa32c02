"""What a gate promises to the site behind it and to the visitors in front of it."""
