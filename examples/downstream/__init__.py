"""Downstream redirection: the site sends people to the room only while it is busy."""
