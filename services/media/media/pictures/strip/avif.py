"""Cuts metadata out of an AVIF, which consists of boxes.

The bytes behind the last box are cut off, and metadata is blanked: nothing may move, because places in the file are
given by number.
"""

from media.pictures.strip.boxes import FULL, IN_FILE, IN_META, Box, boxes, children, extents
from media.pictures.strip.stripped import Broken, Size, Stripped

KNOWN = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"pdin", b"sidx", b"styp", b"moof"})
METADATA = frozenset({b"Exif", b"mime"})
UNUSED = b"free"


def strip_avif(body: bytes) -> Stripped:
    clean = bytearray(body)
    end, size = 0, None
    for box in boxes(body, 0, len(body)):
        if box.kind not in KNOWN:
            if box.end > len(body):
                break
            _blank_box(clean, box)
            continue
        if box.end > len(body):
            raise Broken("a box is longer than the file")
        end = box.end
        size = _clean(clean, box) or size
    return Stripped(bytes(clean[:end]), size)


def _clean(clean: bytearray, box: Box) -> Size | None:
    """Blank the metadata in a box, and return the largest size that it names."""
    if box.kind == b"meta":
        _blank_items(clean, box)
        return _largest(clean, box)
    for child in boxes(clean, box.content, box.end) if box.kind in {b"moov", b"trak"} else ():
        if child.kind == b"udta" and child.end <= box.end:
            _blank_box(clean, child)
        elif child.kind in {b"trak", b"meta"} and child.end <= box.end:
            _clean(clean, child)
    return None


def _blank_items(clean: bytearray, meta: Box) -> None:
    inner = children(clean, meta, FULL)
    if b"iinf" not in inner or b"iloc" not in inner:
        return
    blanked = _renamed(clean, inner[b"iinf"])
    left = len(clean)
    for extent in extents(clean, inner[b"iloc"]) if blanked else ():
        if extent.item not in blanked or extent.place not in {IN_FILE, IN_META}:
            continue
        start = extent.offset + (inner[b"idat"].content if extent.place == IN_META and b"idat" in inner else 0)
        stop = min(start + extent.length, len(clean)) if extent.length else len(clean)
        left -= max(0, stop - start)
        if left < 0:
            raise Broken("items lie over one another")
        clean[start:stop] = bytes(max(0, stop - start))


def _renamed(clean: bytearray, iinf: Box) -> set[int]:
    """Rename the items that are metadata to nothing, and return their numbers."""
    found = set()
    skipped = FULL + (4 if clean[iinf.content] else 2)
    for box in boxes(clean, iinf.content + skipped, iinf.end):
        wide = 4 if clean[box.content] > 2 else 2
        kind = box.content + FULL + wide + 2
        if bytes(clean[kind : kind + 4]) in METADATA and kind + 4 <= box.end:
            found.add(int.from_bytes(clean[box.content + FULL : box.content + FULL + wide]))
            clean[kind : kind + 4] = UNUSED
    return found


def _largest(clean: bytearray, meta: Box) -> Size | None:
    properties = children(clean, meta, FULL).get(b"iprp")
    box = children(clean, properties).get(b"ipco") if properties else None
    found = (one.content + FULL for one in (boxes(clean, box.content, box.end) if box else ()) if one.kind == b"ispe")
    sizes = [(int.from_bytes(clean[at : at + 4]), int.from_bytes(clean[at + 4 : at + 8])) for at in found]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _blank_box(clean: bytearray, box: Box) -> None:
    clean[box.start + 4 : box.start + 8] = UNUSED
    clean[box.content : box.end] = bytes(box.end - box.content)
