"""The control plane: private API, control panel and periodic work, for operators."""
