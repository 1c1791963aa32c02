"""The waiting-room page and the control panel, in a real browser."""
