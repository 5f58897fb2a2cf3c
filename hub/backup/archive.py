"""Archives: a gzipped tar file of a manifest and the files that it lists with their checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from hub.errors import BackupError

FORMAT = 1
"""The format of the archives that are written; archives of later formats are refused."""

_MANIFEST = "manifest.json"
_MAX_MANIFEST = 100_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its size and the SHA-256 of its bytes."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The contents of an archive.

    `database` is `sqlite` or `postgres`, `tool` the major version of the program that wrote it,
    `migration` the last one of the schema, `rows` the number of rows by table, `settings` those
    that are not secret, for the operator's eyes.
    """

    hub: str
    created_at: str
    database: str
    tool: int
    migration: str
    without_people: bool
    rows: Mapping[str, int]
    settings: Mapping[str, Any]
    members: Mapping[str, Member] = field(default_factory=dict)
    format: int = FORMAT


def write(target: Path, manifest: dict[str, Any], members: Mapping[str, Path]) -> Manifest:
    """Write an archive that its owner alone can read; an existing file is replaced at the end.

    Raises:
        BackupError: it cannot be written.
    """
    described = {name: _describe(path) for name, path in members.items()}
    complete = Manifest(**manifest, members=described)
    temporary = target.with_name(f"{target.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                _add(tar, _MANIFEST, io.BytesIO(json.dumps(asdict(complete), indent=1).encode()))
                for name, path in members.items():
                    with path.open("rb") as content:
                        _add(tar, name, content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _flush_folder(target.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise BackupError(f"{target} cannot be written ({error.strerror}).") from error
    return complete


def extract(source: Path, folder: Path) -> Manifest:
    """Write the files of an archive into `folder`, verified, and return its manifest.

    Raises:
        BackupError: it is no archive, damaged, truncated, or of a later format.
    """
    with _readable(source) as tar:
        manifest = _read_manifest(source, tar)
        missing = dict(manifest.members)
        while (info := tar.next()) is not None:
            member = missing.pop(info.name, None)
            content = tar.extractfile(info)
            if member is None or content is None or info.size != member.bytes:
                raise BackupError(f"{source} is damaged: {info.name} is not as its manifest says.")
            if _copy(content, folder / info.name) != member.sha256:
                raise BackupError(f"{source} is damaged: the checksum of {info.name} differs.")
        if missing:
            raise BackupError(f"{source} is damaged: {', '.join(missing)} is missing.")
        _read_to_end(tar)
    return manifest


@contextmanager
def _readable(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            yield tar
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        reason = " ".join(str(error).split())
        raise BackupError(f"{source} is no backup, or damaged or truncated ({reason}).") from error
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())
        raise BackupError(f"{source} cannot be read ({reason}).") from error


def _read_manifest(source: Path, tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None else None
    if first is None or content is None or first.name != _MANIFEST or first.size > _MAX_MANIFEST:
        raise BackupError(f"{source} is no backup of a hub.")
    values = json.loads(content.read())
    if not isinstance(values, dict) or not isinstance(values.get("format"), int):
        raise BackupError(f"{source} is no backup of a hub.")
    if values["format"] > FORMAT:
        raise BackupError(
            f"{source} was made by a newer version of the hub ({values.get('hub')}): its format is "
            f"{values['format']}, and this one reads {FORMAT}. Restore it with that version."
        )
    try:
        values["members"] = {
            name: Member(**member) for name, member in dict(values["members"]).items()
        }
        manifest = Manifest(**{f.name: values[f.name] for f in fields(Manifest)})
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{source} is damaged: its manifest is incomplete.") from error
    if any("/" in name or name.startswith(".") for name in manifest.members):
        raise BackupError(f"{source} is damaged: a file of it has no plain name.")
    return manifest


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, os.SEEK_END)
    info.mode = 0o600
    content.seek(0)
    tar.addfile(info, content)


def _describe(path: Path) -> Member:
    with path.open("rb") as file:
        return Member(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _copy(content: IO[bytes], path: Path) -> str:
    """Copy a file into one that its owner alone can read, and return its SHA-256."""
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _read_to_end(tar: tarfile.TarFile) -> None:
    """Read what follows the last file: gzip's checksum comes last."""
    stream: Any = tar.fileobj
    while stream.read(_CHUNK):
        pass


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
