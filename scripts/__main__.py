"""`python -m scripts` is the `hub` command."""

from scripts.cli import main

main()
