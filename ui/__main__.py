"""`python -m ui` is `rag-app`."""

from ui.cli import main

main()
