"""A realistic stream of events for any contracts: most commitments kept, some tight, some lost.

The same seed gives the same bytes, and a stream that was cut off at a moment goes on from there exactly as if it had
never been cut: every occurrence draws its luck from its own name, never from what came before it.
"""

from entente.simulation.stream import simulate, upcoming

__all__ = ["simulate", "upcoming"]
