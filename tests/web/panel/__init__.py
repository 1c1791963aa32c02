"""The control panel in a browser, on a real control plane."""
