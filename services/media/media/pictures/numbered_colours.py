"""Reads the colours that a PNG gives in numbers, in the order of browsers: cICP, a profile, sRGB, gAMA."""

import struct
from collections.abc import Mapping

from media.pictures.profiles import SRGB, Chromaticities, Curve, profile_of

PRIMARIES: Mapping[int, Chromaticities] = {
    1: SRGB,
    5: (0.3127, 0.3290, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
"""By their numbers in H.273: BT.709, BT.601 of two kinds, BT.2020, DCI-P3, Display P3."""

WHITE_NITS, MOST_NITS = 203, 10_000
WHITE_OF_HLG = 0.265
"""Plain white is this bright in pictures of a high range; what is brighter becomes white."""

USUAL_GAMMA, NEARLY = 0.45455, 0.05
"""Screens undo the usual gamma; a product of gammas this near to 1 changes nothing that is seen."""


def srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def bt709(value: float) -> float:
    return value / 4.5 if value < 0.081 else float(((value + 0.099) / 1.099) ** (1 / 0.45))


def pq(value: float) -> float:
    root = value ** (1 / 78.84375)
    light = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return float(light ** (1 / 0.1593017578125) * MOST_NITS / WHITE_NITS)


def hlg(value: float) -> float:
    light = value**2 / 3 if value <= 0.5 else (2.718281828 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return light / WHITE_OF_HLG


CURVES: Mapping[int, Curve] = {
    1: bt709, 4: lambda value: value**2.2, 5: lambda value: value**2.8, 6: bt709, 8: lambda value: value, 13: srgb,
    14: bt709, 15: bt709, 16: pq, 18: hlg,
}  # fmt: skip
PLAIN = (1, 13)


def numbered_profile(chunks: Mapping[bytes, bytes]) -> bytes | None:
    """Return the profile that these chunks of a PNG stand for, which overrides any other; None when there is none."""
    primaries, transfer, matrix, _ = chunks.get(b"cICP", bytes(4))
    if primaries in PRIMARIES and transfer in CURVES and not matrix:
        return None if (primaries, transfer) == PLAIN else profile_of(PRIMARIES[primaries], CURVES[transfer])
    if not {b"iCCP", b"sRGB"} & chunks.keys() and b"gAMA" in chunks:
        try:
            return _of_gamma(int.from_bytes(chunks[b"gAMA"]) / 100_000, chunks.get(b"cHRM"))
        except (ValueError, ArithmeticError):
            return None
    return None


def is_plain(chunks: Mapping[bytes, bytes]) -> bool:
    """Tell whether the numbers stand for sRGB, whatever profile comes with them."""
    return chunks.get(b"cICP", b"")[:2] == bytes(PLAIN)


def _of_gamma(gamma: float, chromaticities: bytes | None) -> bytes | None:
    is_usual = abs(gamma / USUAL_GAMMA - 1) < NEARLY
    exponent = USUAL_GAMMA / gamma

    def curve(value: float) -> float:
        return srgb(value if is_usual else value**exponent)

    colours = SRGB if chromaticities is None else [n / 100_000 for n in struct.unpack(">8I", chromaticities)]
    are_usual = all(abs(one - other) < 0.002 for one, other in zip(colours, SRGB, strict=True))
    return None if is_usual and are_usual else profile_of(colours, curve)
