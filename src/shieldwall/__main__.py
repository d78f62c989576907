"""``python -m shieldwall`` is the command line."""

from shieldwall.cli import main

main()
