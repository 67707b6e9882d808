"""`python -m server.cli` is `playhead`."""

from server.cli import main

if __name__ == "__main__":
    main()
