"""Pictures: the feed of thumbnails, a page of products with theirs, and how fast renditions are made."""

import asyncio
import tempfile
import time
from io import BytesIO
from pathlib import Path

import psutil
from media.pictures.check import ORIGINAL
from media.pictures.limits import SHOWN_FIRST, SIZES
from media.pictures.pool import PicturePool
from PIL import Image

from deploy.local.demo.api import Api
from tests.load import renditions_by_hand
from tests.load.bench import Bench
from tests.load.catalog import PAGE, Catalog
from tests.load.foreign import wait_until_quiet
from tests.load.goals import HAND
from tests.load.rates import WrongAnswersError, measure
from tests.load.requests import Load
from tests.load.usage import watched

FEED = "/api/v1/thumbnails/?entity_type=nomenklatura"
SHOWN = 60
PICTURES, EACH = 2000, 50
SOURCES, PROCESSES = 40, 2
ORIENTATION = 0x0112
VARIANTS = 2500  # more pages than the cache holds


def feed(bench: Bench, catalog: Catalog) -> None:
    _add(bench.api, catalog)
    load = Load([bench.encoder.get(FEED)], marker=b'"image_id"', rows=SHOWN)
    bench.rate(f"feed of {SHOWN} among 2,000 images", load)


def page(bench: Bench, catalog: Catalog) -> None:
    """A page whose 20 products have two pictures each, beside one whose products have none."""
    name = "page with 40 images, without 1"
    _give_two_each(bench.api, catalog.codes[:PAGE])
    wait_until_quiet(bench.patience)
    try:
        rates = [
            measure(bench.cluster.port, _page(bench, offset, images)).per_second
            for offset, images in ((0, 2 * PAGE), (PAGE, 0))
        ]
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
    else:
        bench.table.add(name, rates[1] / rates[0])


def renditions(bench: Bench) -> None:
    """As api and worker make them, the check of the upload included, without the database."""
    wait_until_quiet(bench.patience)
    with tempfile.TemporaryDirectory(prefix="ecatalog-pictures-") as folder, watched(None) as used:
        hand, per_second, largest = _rendered(Path(folder))
    bench.table.add("renditions of 12 megapixels", per_second, ceilings={HAND: hand}, used=used)
    bench.table.add("largest process in that", largest, memory=largest)


def _rendered(folder: Path) -> tuple[float, float, float]:
    """Return sources a second by hand and by the service, and the megabytes of its largest process."""
    upright, turned = folder / "upright.jpg", folder / "turned.jpg"
    _photo(upright, orientation=1)
    _photo(turned, orientation=6)
    return renditions_by_hand.rate(upright, SOURCES), *asyncio.run(_render(folder, upright, turned))


async def _render(folder: Path, upright: Path, turned: Path) -> tuple[float, float]:
    """Sources a second, and the megabytes of the largest process when some had to be turned as well."""
    pool = PicturePool(PROCESSES, folder)

    async def one(source: Path, name: str) -> None:
        target = folder / name
        target.mkdir()
        await pool.check(source, target)
        await pool.render(target / ORIGINAL, target, sorted({f"{size}.jpg" for size in SIZES} - set(SHOWN_FIRST)))

    await asyncio.gather(*(one(turned, f"turned {number}") for number in range(PROCESSES)))  # they have started now
    began = time.perf_counter()
    await asyncio.gather(*(one(upright, str(number)) for number in range(SOURCES)))
    per_second = SOURCES / (time.perf_counter() - began)
    largest = max(_peak(child.pid) for child in psutil.Process().children() if "media.pictures" in child.cmdline())
    await pool.close()
    return per_second, largest


def _peak(pid: int) -> float:
    """The most megabytes that a process ever held."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1000


def _photo(path: Path, orientation: int) -> None:
    """12 megapixels with the detail, and so about the bytes, of a phone's."""
    bands = [Image.effect_noise((1000, 750), 60).resize((4000, 3000)) for _ in range(3)]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.merge("RGB", bands).save(path, "JPEG", quality=80, exif=exif)


def _add(api: Api, catalog: Catalog) -> None:
    """As many pictures as the feed is to be chosen from, of products in the middle of the list."""
    middle = len(catalog.codes) // 2
    for code in catalog.codes[middle : middle + PICTURES // EACH]:
        _upload(api, code, EACH)


def _give_two_each(api: Api, codes: list[str]) -> None:
    for code in codes:
        _upload(api, code, 2)


def _upload(api: Api, code: str, count: int) -> None:
    files = [("images", ("p.png", _small(), "image/png")) for _ in range(count)]
    response = api.http.post("/api/v1/nomenklatura-image/bulk-upload/", data={"nomenklatura": code}, files=files)
    if response.status_code != 201:
        raise RuntimeError(f"pictures were refused: {response.text[:500]}")


def _small() -> bytes:
    file = BytesIO()
    Image.effect_noise((40, 40), 80).save(file, "PNG")
    return file.getvalue()


def _page(bench: Bench, offset: int, images: int) -> Load:
    path = f"/api/v1/nomenklatura/?limit={PAGE}&offset={offset}"
    requests = [bench.encoder.get(f"{path}&variant={number}") for number in range(VARIANTS)]
    return Load(requests, marker=b'"image_md_url"', rows=images)
