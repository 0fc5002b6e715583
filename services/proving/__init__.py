"""What somebody takes home of the history, to verify it without us: proofs, and bundles of entries (TRUST §5)."""
