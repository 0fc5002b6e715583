"""Commitments and what became of them: occurrences, periods, slices, scores."""
