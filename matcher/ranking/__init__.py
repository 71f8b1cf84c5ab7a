"""From scores to a ranking: queries, features, rankers."""
