"""The service: pages and a JSON API over one workspace, in one process.

Nothing is imported here, so that the command line stays free of the web framework.
"""
