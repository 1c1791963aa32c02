"""A small ticket shop behind a waiting room: the sample protected site."""
