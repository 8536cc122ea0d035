"""Laws: whatever is asked with whatever names, links and globs, nothing outside a checkpoint's folder is read, written or removed."""
from __future__ import annotations

import contextlib
import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, Iterator

from hypothesis import given
from hypothesis import strategies as st

from fakedet.storage.archive import packed
from fakedet.storage.base import StorageError
from fakedet.storage.directory import DirectoryStorage

UUID = "bbbbbbbb-0000-4000-8000-000000000001"
NEIGHBOUR = "bbbbbbbb-0000-4000-8000-000000000002"
SECRET, MINE = b"the user's own", b"of the checkpoint"

names = st.sampled_from(["a", "b", "sub", "..", ".", "", "link", "secret.txt", "outside", NEIGHBOUR, "\0", "~", "*", "**"])
paths = st.lists(names, min_size=1, max_size=4).map("/".join) | st.lists(names, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
places = st.sampled_from(["{outside}", "{outside}/secret.txt", "..", "../..", f"../{NEIGHBOUR}", "/", "a", "sub", "loop", "../../outside"])
links = st.tuples(st.just("link"), st.sampled_from(["link", "sub/link", "loop", "a"]), places)
deeds = st.tuples(st.sampled_from(["write", "read", "delete", "list", "pack"]), paths)


class Ground:
    """A storage with one checkpoint, its neighbour, and files beside the storage that nobody may touch."""

    def __init__(self, folder: Path):
        self.outside, self.root = folder / "outside", folder / "storage"
        self.outside.mkdir()
        self.storage = DirectoryStorage(str(self.root))
        self.storage.write(UUID, "a", MINE)
        self.storage.write(NEIGHBOUR, "secret.txt", SECRET)
        (self.outside / "secret.txt").write_bytes(SECRET)
        self.before = self.untouchable()

    def untouchable(self) -> dict[str, bytes]:
        """Every file that does not belong to the checkpoint."""
        top = self.root.parent
        return {str(place.relative_to(top)): place.read_bytes() for place in top.rglob("*")
                if place.is_file() and not place.is_symlink() and self.root / UUID not in place.parents}

    def link(self, path: str, target: str) -> None:
        place = self.root / UUID / path
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target.format(outside=self.outside), place)

    def do(self, deed: str, path: str) -> Iterator[bytes]:
        """What a deed brings to light."""
        if deed == "write":
            self.storage.write(UUID, path, MINE)
        elif deed == "read":
            yield from self.storage.read(UUID, path)
        elif deed == "delete":
            self.storage.delete(UUID, [path])
        elif deed == "list":
            assert all(_is_inside(name) for name in self.storage.list(UUID))
        else:
            yield from self._packed()

    def _packed(self) -> Iterator[bytes]:
        members = self.storage.members(UUID)
        with tarfile.open(fileobj=io.BytesIO(b"".join(packed("tgz", members)))) as archive:
            for member in archive:
                assert member.isfile() and _is_inside(member.name)
                yield archive.extractfile(member).read()  # type: ignore[union-attr]
        with zipfile.ZipFile(io.BytesIO(b"".join(packed("zip", members)))) as zipped:
            assert all(map(_is_inside, zipped.namelist()))


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name != ""


@given(st.lists(links | deeds, max_size=8))
def test_no_path_link_or_glob_leads_out_of_a_checkpoint(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        for kind, path, *target in steps:
            if kind == "link":
                ground.link(path, *target)
                continue
            with contextlib.suppress(StorageError):
                for content in ground.do(kind, path):
                    assert content != SECRET
            assert ground.untouchable() == ground.before
