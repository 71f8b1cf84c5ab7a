"""Reading Chinese technical text: one spelling, tokens, the facets of a challenge."""
