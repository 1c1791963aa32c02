"""Pictures of all that people see, for the docs and for whoever changes it: `make screenshots`."""
