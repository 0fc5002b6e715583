"""From the read models to whoever asks: rows, explanations, packs, replays."""
