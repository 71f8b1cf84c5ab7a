"""The verbs of the service: what a principal may see and do, as view objects.

Pages and API call the same verbs, so a page and its JSON twin cannot differ; which records a
principal sees is decided here and nowhere else.
"""
