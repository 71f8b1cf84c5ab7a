"""Coverage-guided fuzzing, run by ``make fuzz``; what it finds becomes a test."""
