"""From lists of achievements to teams: who is who, who works together, what they can do."""
