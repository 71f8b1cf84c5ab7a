"""Learning from judged pairs and outcomes, and measuring what was learned."""
