"""`python -m firstbell` is the command `firstbell`."""

from firstbell.cli import main

if __name__ == "__main__":
    main()
