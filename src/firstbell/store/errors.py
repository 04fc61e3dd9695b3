"""What stops a command at the store, and a person can act on."""


class StoreError(Exception):
    """The store cannot do what was asked; the message is a plain sentence without a full stop."""


class NoSuchDistrict(StoreError):
    """No district has this id."""

    def __init__(self, slug: str) -> None:
        """Says how to find the id that was meant."""
        super().__init__(f"there is no district {slug}; firstbell district list shows them all")
