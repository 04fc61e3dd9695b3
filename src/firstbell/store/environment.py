"""What can be set from outside."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """The variables of the environment, `FIRSTBELL_…` but for `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="FIRSTBELL_", env_ignore_empty=True)

    #: `DATABASE_URL`: the PostgreSQL database to use; without it First Bell brings its own.
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    #: Where the embedded database and what comes of syncs are kept.
    data_dir: Path = Path("firstbell-data")
    #: Where what comes of syncs is kept instead; all machines must share it.
    storage: Path | None = None
    #: For how many days the feeds of syncs are kept, but for the last of each district.
    keep_feeds: int = Field(default=30, ge=1)
    #: For how many days findings, reports and counts are kept.
    keep_findings: int = Field(default=400, ge=1)
    #: For how many days objects are kept that are gone from the roster.
    keep_deactivated: int = Field(default=400, ge=1)
    #: How messages name the product.
    product: str = "First Bell"
    #: The address that people reach the pages by; https:// makes them refuse anything less.
    url: str = "http://localhost:8000"
    #: The mail server, such as smtp://user:password@host:587?tls=starttls; without it no mail is sent.
    mail: str = Field(default="", repr=False)
    #: The address that mails come from, such as First Bell <no-reply@example.org>.
    mail_from: str = ""
    #: How many proxies stand in front of the web server.
    proxies: int = 0
    #: Signs sessions and links; without it one is made, and kept beside what comes of syncs.
    secret_key: str = ""
    #: Secret keys of before, with spaces between: what they signed and sealed stays good.
    old_secret_keys: str = Field(default="", repr=False)

    def storage_in(self, data_dir: Path) -> Path:
        """Where what comes of syncs is kept when this is the data folder."""
        return (self.storage or data_dir / "storage").absolute()
