"""`python -m entente`, and the command `entente`."""

from __future__ import annotations

import gc


def main() -> None:
    """Runs one command. What is imported stays: the collector of cycles, which would look at it over and over, waits until it is in."""
    gc.disable()
    from entente.cli import main as run

    gc.enable()
    run()


if __name__ == "__main__":
    main()
