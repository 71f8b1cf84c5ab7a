"""The service's own tables in the workspace file: one module a table."""
