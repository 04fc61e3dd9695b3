"""A folder or a zip archive: which files are read, and what is refused before it is unpacked."""

import os
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstbell.feed.package import Delivery, Limits, open_package
from firstbell.feed.refusal import Reason, Refused
from firstbell.rules.example import Example, files_of

FILES = files_of(Example())
_TABLES = {name.removesuffix(".csv") for name in FILES}


def _zip(path: Path, files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _folder(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def _package(folder: Path, files: Mapping[str, bytes], kind: str) -> Path:
    if kind == "zip":
        return _zip(folder / "district.zip", files)
    return _folder(folder / "district", files)


def _open(path: Path, limits: Limits | None = None) -> Delivery:
    work = path.parent / "work"
    work.mkdir()
    return open_package(path, work, limits)


def _refused(path: Path, limits: Limits | None = None) -> Refused:
    """How a package is refused; nothing of it may have been unpacked."""
    with pytest.raises(Refused) as refused:
        _open(path, limits)
    assert list((path.parent / "work").iterdir()) == []
    return refused.value


def _assert_whole(delivery: Delivery) -> None:
    assert {f"{table}.csv": path.read_bytes() for table, path in delivery.files.items()} == FILES


either_kind = pytest.mark.parametrize("kind", ["folder", "zip"])


@either_kind
@pytest.mark.parametrize("where", ["", "export/"])
def test_files_are_at_the_root_or_in_one_folder(kind: str, where: str, tmp_path: Path) -> None:
    files = {where + name: content for name, content in FILES.items()}
    _assert_whole(_open(_package(tmp_path, files, kind)))


@either_kind
def test_what_is_no_roster_is_passed_over(kind: str, tmp_path: Path) -> None:
    files = {
        **FILES,
        "__MACOSX/._users.csv": b"x",
        "__MACOSX/users.csv": b"x",
        ".users.csv": b"x",
        ".hidden/orgs.csv": b"x",
        "readme.txt": b"x",
        "deep/er/users.csv": b"x",
        "lunch.csv": b"x",
        "Bus.CSV": b"x",
        "other/lunch2.csv": b"x",
    }
    delivery = _open(_package(tmp_path, files, kind))
    assert set(delivery.files) == _TABLES
    assert delivery.files["users"].read_bytes() == FILES["users.csv"]
    assert delivery.unknown == ("Bus.CSV", "lunch.csv")


@either_kind
def test_files_of_the_standard_that_are_not_read_are_known(kind: str, tmp_path: Path) -> None:
    files = {**FILES, "demographics.csv": b"", "userProfiles.csv": b"", "lineItems.csv": b""}
    assert _open(_package(tmp_path, files, kind)).unknown == ()


@either_kind
def test_names_match_in_any_case(kind: str, tmp_path: Path) -> None:
    files = {name.upper(): content for name, content in FILES.items()}
    _assert_whole(_open(_package(tmp_path, files, kind)))


@either_kind
def test_the_root_comes_before_a_folder(kind: str, tmp_path: Path) -> None:
    files = {**FILES, "old/users.csv": b"x", "older/users.csv": b"x"}
    _assert_whole(_open(_package(tmp_path, files, kind)))


@either_kind
def test_two_folders_of_files_are_refused(kind: str, tmp_path: Path) -> None:
    files = {"a/users.csv": b"x", "b/orgs.csv": b"x"}
    refused = _refused(_package(tmp_path, files, kind))
    assert refused.reason is Reason.TWO_FOLDERS
    assert str(refused).startswith("district")


@either_kind
def test_a_file_in_two_spellings_is_refused(kind: str, tmp_path: Path) -> None:
    refused = _refused(_package(tmp_path, {**FILES, "USERS.csv": b"x"}, kind))
    assert refused.reason is Reason.TWICE_DELIVERED
    assert str(refused) == "users.csv is there more than once"


def test_an_unread_file_may_be_there_twice(tmp_path: Path) -> None:
    files = {**FILES, "demographics.csv": b"", "Demographics.csv": b""}
    assert set(_open(_zip(tmp_path / "d.zip", files)).files) >= _TABLES


def test_the_same_entry_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for name, content in (*FILES.items(), ("users.csv", b"other")):
            archive.writestr(name, content)
    assert _refused(path).reason is Reason.TWICE_DELIVERED


@either_kind
@pytest.mark.parametrize("files", [{}, {"readme.txt": b"x"}, {"a/b/users.csv": b"x"}])
def test_a_package_without_a_roster_is_refused(
    kind: str, files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "district").mkdir()
    assert _refused(_package(tmp_path, files, kind)).reason is Reason.NO_FILES


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path / "nothing").reason is Reason.PATH_MISSING


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b"])
def test_a_path_that_cannot_be_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        open_package(Path(path), tmp_path)
    assert refused.value.reason in (Reason.PATH_MISSING, Reason.FILE_UNREADABLE)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_bytes(FILES["users.csv"])
    refused = _refused(tmp_path / "users.csv")
    assert refused.reason is Reason.NOT_A_DELIVERY
    assert str(refused) == "users.csv is neither a folder nor a zip archive"


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06"])
def test_a_zip_that_is_none_is_damaged(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "district.zip"
    path.write_bytes(content)
    refused = _refused(path)
    assert refused.reason is Reason.ARCHIVE_DAMAGED
    assert str(refused) == "the archive district.zip is damaged and cannot be unpacked"


def test_an_archive_needs_no_ending(tmp_path: Path) -> None:
    _assert_whole(_open(_zip(tmp_path / "download", FILES)))


@pytest.mark.parametrize("packing", [0, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_way_of_packing_is_read(packing: int, tmp_path: Path) -> None:
    _assert_whole(_open(_zip(tmp_path / "d.zip", FILES, packing)))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_damaged(share: float, tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", FILES)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert _refused(path).reason is Reason.ARCHIVE_DAMAGED


def test_a_flipped_bit_in_a_member_is_found(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", FILES, zipfile.ZIP_STORED)
    packed = path.read_bytes().replace(b"Lincoln", b"Mincoln", 1)
    path.write_bytes(packed)
    with pytest.raises(Refused) as refused:
        _open(path)
    assert refused.value.reason is Reason.ARCHIVE_DAMAGED


@pytest.mark.parametrize("packing", [0, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@given(st.randoms(use_true_random=False))
def test_any_damage_is_refused_or_harmless(
    packing: int, tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = _zip(folder / "d.zip", FILES, packing)
    content = bytearray(path.read_bytes())
    for _ in range(random.choice((1, 1, 1, 4, 40))):
        content[random.randrange(len(content))] = random.randrange(256)
    path.write_bytes(content)
    try:
        delivery = _open(path)
    except Refused as refused:
        assert str(refused)
    else:
        for table, file in delivery.files.items():
            assert file.read_bytes() == FILES[f"{table}.csv"]


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", FILES)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert _refused(path).reason is Reason.ARCHIVE_ENCRYPTED


@pytest.mark.parametrize(
    "name",
    [
        *("../users.csv", "a/../../users.csv", "/etc/users.csv", "..\\users.csv", "a/.."),
        *("C:\\users.csv", "C:users.csv", "\\\\server\\share\\users.csv", "//server/users.csv"),
        *("..", "export/../users.csv"),
    ],
)
def test_a_name_outside_the_archive_is_refused(name: str, tmp_path: Path) -> None:
    refused = _refused(_zip(tmp_path / "d.zip", {**FILES, name: b"x"}))
    assert refused.reason is Reason.ARCHIVE_ESCAPES
    assert name not in str(refused)


def test_a_colon_that_is_no_drive_is_part_of_a_name(tmp_path: Path) -> None:
    files = {**FILES, "notes 10:30.txt": b"x", "users.csv:stream": b"x"}
    _assert_whole(_open(_zip(tmp_path / "d.zip", files)))


def test_backslashes_of_old_tools_are_folders(tmp_path: Path) -> None:
    files = {f"export\\{name}": content for name, content in FILES.items()}
    _assert_whole(_open(_zip(tmp_path / "d.zip", files)))


def test_a_symbolic_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("users.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert _refused(path).reason is Reason.ARCHIVE_ESCAPES


def test_too_large_by_size_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", FILES)
    size = sum(map(len, FILES.values()))
    _assert_whole(_open(path, Limits(unpacked=size)))
    (tmp_path / "again").mkdir()
    refused = _refused(path.rename(tmp_path / "again" / "d.zip"), Limits(unpacked=size - 1))
    assert refused.reason is Reason.ARCHIVE_TOO_LARGE
    assert str(refused).endswith(" GiB")


def test_too_large_by_ratio_is_refused(tmp_path: Path) -> None:
    refused = _refused(_zip(tmp_path / "d.zip", {**FILES, "users.csv": b"a" * 4_000_000}))
    assert refused.reason is Reason.ARCHIVE_TOO_LARGE
    assert (
        str(refused) == "the archive d.zip unpacks to more than the limit of 200 times its own size"
    )


def test_what_would_not_be_unpacked_counts_towards_the_size_too(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", {**FILES, "video.mp4": b"a" * 50_000})
    assert _refused(path, Limits(unpacked=40_000)).reason is Reason.ARCHIVE_TOO_LARGE


def _with_declared_size(path: Path, name: bytes, size: int) -> None:
    """Lets the headers of an archive declare another unpacked size for a file."""
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x03\x04")
    while content[at + 30 : at + 30 + len(name)] != name:
        at = content.find(b"PK\x03\x04", at + 4)
    struct.pack_into("<I", content, at + 22, size)
    at = content.find(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name:
        at = content.find(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", content, at + 24, size)
    path.write_bytes(content)


def test_a_member_that_unpacks_to_more_than_it_declares_never_passes_the_limit(
    tmp_path: Path,
) -> None:
    files = {**FILES, "users.csv": b"sourcedId\n" + os.urandom(1000) * 4000}
    path = _zip(tmp_path / "d.zip", files)
    _with_declared_size(path, b"users.csv", 500)
    with pytest.raises(Refused) as refused:
        _open(path, Limits(unpacked=20_000))
    assert refused.value.reason is Reason.ARCHIVE_DAMAGED
    unpacked = sum(file.stat().st_size for file in (tmp_path / "work").iterdir())
    assert unpacked <= 20_000


def test_a_member_that_unpacks_to_less_than_it_declares_does_no_harm(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", FILES)
    _with_declared_size(path, b"users.csv", 100_000)
    _assert_whole(_open(path, Limits(ratio=10_000)))


def test_an_archive_of_thousands_of_entries_is_read(tmp_path: Path) -> None:
    others = {f"photos/{number}.jpg": b"" for number in range(20_000)}
    _assert_whole(_open(_zip(tmp_path / "d.zip", {**others, **FILES}, zipfile.ZIP_STORED)))


def test_only_files_of_the_roster_are_unpacked(tmp_path: Path) -> None:
    path = _zip(tmp_path / "d.zip", {**FILES, "lunch.csv": b"x", "a.exe": b"x"})
    _open(path)
    assert {file.name for file in (tmp_path / "work").iterdir()} == set(FILES)


def test_a_pipe_or_a_socket_is_no_file(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "district", FILES)
    (folder / "users.csv").unlink()
    os.mkfifo(folder / "users.csv")
    assert "users" not in _open(folder).files
