"""The limits of uploaded pictures, and the sizes that are rendered."""

MAX_PIXELS = 50_000_000
MAX_PIXELS_HELD_SEVERAL_TIMES = {"WEBP": 20_000_000, "AVIF": 20_000_000}
"""Their decoders hold a picture four times over."""

MAX_FRAMES = 500
LARGE_PIXELS = 16_000_000
"""From here on pictures are decoded one at a time, so that two of them never fill the memory together."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
SIZES = {"thumbnail": 150, "sm": 300, "md": 600, "lg": 1200}
"""Renditions are squares of this many pixels, each a whole number of times larger than those before it."""

ENCODINGS = {"jpg": "JPEG", "webp": "WEBP", "avif": "AVIF"}
"""The ways a rendition is written, by the ending of its file."""

SHOWN_FIRST = ("thumbnail.jpg", "thumbnail.webp", "sm.jpg", "sm.webp")
"""Lists of pictures show these: they are rendered during the upload, so that no page waits for them."""
