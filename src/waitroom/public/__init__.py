"""The public plane: visitors, gates and their pages. Stateless; run as many workers as you like."""
