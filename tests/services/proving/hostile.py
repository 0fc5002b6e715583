"""Bundles that were made to harm: what stands in one, replaced by every shape that JSON, a note and an archive can have."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from services.proving.archive import write_archive

Files = dict[str, bytes]
Harm = Callable[[Path, Path], None]
"""Writes to the second path what it makes of the bundle at the first."""

SHAPES: dict[str, bytes] = {
    "null": b"null",
    "a list": b"[]",
    "an object": b"{}",
    "a text": b'"x"',
    "a number": b"7",
    "a huge number": b"9" * 5_000,
    "a fraction": b"1.0",
    "an exponent": b"1e400",
    "true": b"true",
    "a negative number": b"-1",
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a half surrogate": b'"\\ud800"',
    "no UTF-8": b'"\xff\xfe"',
    "a NUL": b'"\\u0000"',
    "nothing": b"",
    "half a text": b'"x',
    "64 bits": b"18446744073709551616",
}
OF_MEMBERS = (
    *("null", "a list", "a text", "a number", "a huge number", "a fraction", "true", "a negative number", "NaN"),
    *("deep lists", "a half surrogate", "64 bits"),
)
MEMBERS = ("index", "position", "stream", "version", "topic", "salt", "state")


def replaced(name: str, change: Callable[[bytes], bytes]) -> Harm:
    def harm(bundle: Path, target: Path) -> None:
        with zipfile.ZipFile(bundle) as archive:
            files = {one: archive.read(one) for one in archive.namelist()}
        files[name] = change(files[name])
        if name != "manifest.json":  # which says of it what is so
            manifest = json.loads(files["manifest.json"])
            manifest["files"][name] = sha256(files[name]).hexdigest()
            files["manifest.json"] = json.dumps(manifest).encode()
        write_archive(target, list(files.items()))

    return harm


def with_member(line: bytes, member: str, shape: bytes) -> bytes:
    """The object with another value of that member."""
    found = {name: json.dumps(value).encode() for name, value in json.loads(line).items()} | {member: shape}
    return b"{%b}\n" % b",".join(b'"%b":%b' % (name.encode(), value) for name, value in found.items())


def without(line: bytes, member: str) -> bytes:
    return json.dumps({name: value for name, value in json.loads(line).items() if name != member}).encode() + b"\n"


def in_first(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Changes the first line of a file."""

    def changed(content: bytes) -> bytes:
        first, *rest = content.splitlines(keepends=True)
        return b"".join((change(first), *rest))

    return changed


def doubled(line: bytes, member: str, *, is_escaped: bool = False) -> bytes:
    """The member twice, the value that is meant last: who takes the first reads something else."""
    value = json.loads(line)[member]
    other = json.dumps(value + 1 if isinstance(value, int) else "A" + value[1:] if value else "A").encode()
    name = b"\\u%04x%b" % (ord(member[0]), member[1:].encode()) if is_escaped else member.encode()
    return b'{"%b":%b,%b' % (name, other, line[line.index(b"{") + 1 :])


def harms_of_entries() -> Iterator[tuple[str, Harm]]:
    entries = "entries.jsonl"
    for title, shape in SHAPES.items():
        yield f"an entry that is {title}", replaced(entries, in_first(lambda _, shape=shape: shape + b"\n"))  # type: ignore[misc]
        for member in MEMBERS if title in OF_MEMBERS else ():
            yield (
                f"{member} is {title}",
                replaced(entries, in_first(lambda line, member=member, shape=shape: with_member(line, member, shape))),  # type: ignore[misc]
            )
    for member in MEMBERS:
        yield f"no {member}", replaced(entries, in_first(lambda line, member=member: without(line, member)))  # type: ignore[misc]
        yield f"{member} twice", replaced(entries, in_first(lambda line, member=member: doubled(line, member)))  # type: ignore[misc]
        yield (
            f"{member} twice, once escaped",
            replaced(entries, in_first(lambda line, member=member: doubled(line, member, is_escaped=True))),  # type: ignore[misc]
        )
    for title, member, change in (
        ("a stream in braces", "stream", lambda held: f"{{{held}}}"),
        ("a stream in capitals", "stream", lambda _: "ABCDEF00-0000-4000-8000-000000000000"),
        ("a stream without dashes", "stream", lambda held: held.replace("-", "")),
        ("a salt in capitals", "salt", lambda held: "AB" + held[2:]),
        ("a salt with blanks", "salt", lambda held: held[:2] + " " + held[2:]),
        ("half a salt", "salt", lambda held: held[:16]),
        ("a state with blanks", "state", lambda held: held[:4] + "\n" + held[4:]),
        ("a state that is not filled up", "state", lambda held: held.rstrip("=") + "="),
    ):
        yield (
            title,
            replaced(
                entries,
                in_first(
                    lambda line, member=member, change=change: with_member(  # type: ignore[misc]
                        line, member, json.dumps(change(json.loads(line)[member])).encode()
                    )
                ),
            ),
        )
    yield "one more member", replaced(entries, in_first(lambda line: with_member(line, "more", b"1")))
    yield "an empty line", replaced(entries, lambda content: b"\n" + content)
    yield "UTF-16", replaced(entries, lambda content: content.decode().encode("utf-16"))
    yield "a mark of the order of bytes", replaced(entries, lambda content: b"\xef\xbb\xbf" + content)


def harms_of_texts() -> Iterator[tuple[str, Harm]]:
    for title, shape in SHAPES.items():
        yield f"a manifest that is {title}", replaced("manifest.json", lambda _, shape=shape: shape)  # type: ignore[misc]
        yield (
            f"a size that is {title}",
            replaced("manifest.json", lambda text, shape=shape: with_member(text, "size", shape)),  # type: ignore[misc]
        )
        for file in ("checkpoints.txt", "verifiers.txt", "leaves.bin")[: 3 if shape else 1]:
            yield f"{file} is {title}", replaced(file, lambda _, shape=shape: shape)  # type: ignore[misc]
    yield "a size twice", replaced("manifest.json", lambda text: doubled(text, "size"))
    yield "a size twice, once escaped", replaced("manifest.json", lambda text: doubled(text, "size", is_escaped=True))
    notes = "checkpoints.txt"
    for title, old, new in (
        ("a plus before the size", b"\n", b"\n+"),
        ("a size of 0", b"\n", b"\n0\n"),
        ("blanks at the end of a line", b"\n", b" \n"),
        ("another end of lines", b"\n", b"\r\n"),
        ("another separator of lines", b"\n", "\u2028".encode()),
        ("no signature", "\u2014 ".encode(), b""),
    ):
        yield title, replaced(notes, lambda text, old=old, new=new: text.replace(old, new, 1))  # type: ignore[misc]
    yield "a note without end", replaced(notes, lambda text: text + b"x\n" * 200_000)
    yield "a line without end", replaced(notes, lambda text: text + b"x" * 400_000)
    yield "signatures without end", replaced(notes, lambda text: text + text.splitlines(keepends=True)[-1] * 50_000)
    yield "keys without end", replaced("verifiers.txt", lambda text: text * 10_000)


def hidden_in_front(whole: bytes) -> bytes:
    """A file that the directory does not name stands before all others; every place is put right."""
    name, content = b"documents/contracts/to-finance/1.yaml", b"another contract"
    front = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0
    )
    return _moved(front + name + content, whole)


def _moved(put: bytes, whole: bytes, begin: int = 0) -> bytes:
    """What follows from there on with that in front of it, and all places put right."""
    size, start = struct.unpack("<2L", whole[-10:-2])
    directory, at = bytearray(whole[start : start + size]), 0
    while at < size:
        name, more, comment = struct.unpack_from("<3H", directory, at + 28)
        [place] = struct.unpack_from("<L", directory, at + 42)
        struct.pack_into("<L", directory, at + 42, place + len(put) * (place >= begin))
        at += 46 + name + more + comment
    return put + whole[begin:start] + bytes(directory) + whole[-22:-6] + struct.pack("<LH", start + len(put), 0)


def two_directories(whole: bytes) -> bytes:
    """Where the directory is said to be, another one stands: a reader that looks before the end finds the first."""
    size, start = struct.unpack("<2L", whole[-10:-2])
    second = bytearray(whole[start : start + size])
    return whole[:start] + bytes(second) + bytes(second) + whole[-22:]


def hidden_between(whole: bytes) -> bytes:
    """Behind the first file, and so in front of the second."""
    second = whole.index(b"PK\x03\x04", 4)
    return whole[:second] + _moved(b"another contract", whole, second)


def hidden_in_a_field(whole: bytes) -> bytes:
    """Behind the name of the first file, in a field that no reader asks for."""
    field = struct.pack("<2H", 0xCAFE, 16) + b"another contract"
    begin = 30 + len("manifest.json")
    return whole[:28] + struct.pack("<H", len(field)) + whole[30:begin] + _moved(field, whole, begin)


def hidden_in_the_directory(whole: bytes) -> bytes:
    """As what is said of the first file, in the directory."""
    size, start = struct.unpack("<2L", whole[-10:-2])
    said, line = b"another contract", 46 + len("manifest.json")
    directory = whole[start : start + 32] + struct.pack("<H", len(said)) + whole[start + 34 : start + line] + said
    directory += whole[start + line : start + size]
    return whole[:start] + directory + whole[-22:-10] + struct.pack("<2LH", size + len(said), start, 0)


def of_fewer(whole: bytes) -> bytes:
    """The end says that there is one file less: who believes it reads one less."""
    count = struct.unpack("<H", whole[-12:-10])[0] - 1
    return whole[:-14] + struct.pack("<2H", count, count) + whole[-10:]


def of_another_name(whole: bytes) -> bytes:
    """In front of the first file another name stands than in the directory."""
    return whole[:30] + b"manifest.jsox" + whole[43:]


TWO_WAYS: dict[str, Callable[[bytes], bytes]] = {
    "a file in front that the directory does not name": hidden_in_front,
    "bytes between two files": hidden_between,
    "bytes in a field behind a name": hidden_in_a_field,
    "bytes in the directory": hidden_in_the_directory,
    "two directories": two_directories,
    "fewer files than the directory names": of_fewer,
    "another name in front of a file": of_another_name,
    "a comment at the end": lambda whole: whole[:-2] + struct.pack("<H", 4) + b"more",
    "a byte behind the end": lambda whole: whole + b"x",
    "a byte in front": lambda whole: b"x" + whole,
}
"""Archives that two programs may read in two ways."""


def harms_of_archives() -> Iterator[tuple[str, Harm]]:
    def more(name: str, content: bytes = b"x", **changes: int) -> Harm:
        def harm(bundle: Path, target: Path) -> None:
            target.write_bytes(bundle.read_bytes())
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            for attribute, value in changes.items():
                setattr(info, attribute, value)
            with zipfile.ZipFile(target, "a") as archive:
                archive.writestr(info, content)

        return harm

    for name in (
        "../../outside",
        "/etc/outside",
        "c:\\outside",
        "a/../b",
        "",
        "a" * 60_000,
        "\x1b[2J",
        "docs/",
        "a\nb",
    ):
        yield f"a file named {name[:20]!r}", more(name)
    yield "a link", more("packs/link", b"/etc/passwd", external_attr=0o120777 << 16)
    yield "a device", more("packs/device", b"", external_attr=0o020666 << 16)
    yield "a file that is compressed", more("packs/a.json", bytes(5_000_000), compress_type=zipfile.ZIP_DEFLATED)

    def bytes_changed(change: Callable[[bytearray], bytes | bytearray]) -> Harm:
        def harm(bundle: Path, target: Path) -> None:
            target.write_bytes(change(bytearray(bundle.read_bytes())))

        return harm

    def central(at: int, form: str, value: int) -> Harm:
        """Another value in the first line of the directory."""

        def change(whole: bytearray) -> bytearray:
            struct.pack_into(form, whole, whole.index(b"PK\x01\x02") + at, value)
            return whole

        return bytes_changed(change)

    yield "encrypted", central(8, "<H", 1)
    yield "compressed in a way that nobody knows", central(10, "<H", 99)
    yield "of a version to come", central(6, "<H", 999)
    yield "a size that lies", central(24, "<I", 0xFFFF_FF00)
    yield "both sizes lie", central(20, "<Q", 0x7FFF_FF00_7FFF_FF00)
    yield "a place that lies", central(42, "<I", 0xFFFF_FF00)
    yield "a name that lies", central(28, "<H", 0xFFFF)
    yield (
        "a name that is no UTF-8",
        bytes_changed(lambda whole: _renamed(whole, b"manifest.json", b"manifest.j\xff\xfen")),
    )
    yield "a name that is there twice", bytes_changed(lambda whole: _renamed(whole, b"verifiers.txt", b"manifest.json"))
    yield "cut in half", bytes_changed(lambda whole: whole[: len(whole) // 2])
    yield "its first half is missing", bytes_changed(lambda whole: whole[len(whole) // 2 :])
    yield "its directory alone", bytes_changed(lambda whole: whole[whole.index(b"PK\x01\x02") :])
    for title, change in TWO_WAYS.items():
        yield title, bytes_changed(lambda whole, change=change: change(bytes(whole)))  # type: ignore[misc]
    yield "nothing", bytes_changed(lambda _: b"")
    yield "no archive", bytes_changed(lambda _: b"PK\x05\x06" + bytes(18))
    yield "a text", bytes_changed(lambda _: b"no archive")


def _renamed(whole: bytearray, old: bytes, new: bytes) -> bytearray:
    """In both places, with the mark that names are UTF-8."""
    for begin, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = whole.index(begin)
        while whole[at + name : at + name + len(old)] != old:
            at = whole.index(begin, at + 1)
        whole[at + name : at + name + len(old)] = new
        struct.pack_into("<H", whole, at + flags, 0x800)
    return whole


HARMS: dict[str, Harm] = {
    title: harm for harms in (harms_of_entries, harms_of_texts, harms_of_archives) for title, harm in harms()
}
