"""Cuts out of a picture's file what is not the picture: metadata, and whatever hides behind its end.

Nothing is decoded, so nothing of the picture is lost, and what is taken out cannot refuse it: the decoder sees only
what is left. The colour profile stays. Each format is read once, from its beginning to its end.
"""

from media.pictures.strip.avif import strip_avif
from media.pictures.strip.gif import strip_gif
from media.pictures.strip.jpeg import strip_jpeg
from media.pictures.strip.kinds import kind_of
from media.pictures.strip.png import strip_png
from media.pictures.strip.stripped import Broken, Size, Stripped
from media.pictures.strip.webp import strip_webp

__all__ = ["STRIPPERS", "Broken", "Size", "Stripped", "kind_of"]

STRIPPERS = {"JPEG": strip_jpeg, "PNG": strip_png, "GIF": strip_gif, "WEBP": strip_webp, "AVIF": strip_avif}
