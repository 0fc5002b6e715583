"""`python -m entente`."""

from entente.cli import main

main()
