"""Drawings of what stands behind a figure, one module for each way in which kinds are best seen."""
