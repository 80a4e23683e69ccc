"""Names the function that applies each event of others."""

from ecatalog.contracts.integration import CHUNK_READY, INTEGRATION_CHANGED, KEYED_CHUNK_READY
from ecatalog.contracts.media import PICTURE_CHANGED, REFERENCE_CHANGED
from ecatalog.events.consumer import Handlers

from catalog.chunks.keyed import apply as apply_keyed_chunk
from catalog.chunks.service import apply as apply_chunk
from catalog.images.service import apply as apply_image
from catalog.images.service import apply_reference
from catalog.integrations.service import apply as apply_integration

MEDIA: Handlers = {PICTURE_CHANGED: apply_image, REFERENCE_CHANGED: apply_reference}
INTEGRATION: Handlers = {INTEGRATION_CHANGED: apply_integration}
CHUNKS: Handlers = {CHUNK_READY: apply_chunk}
KEYED_CHUNKS: Handlers = {KEYED_CHUNK_READY: apply_keyed_chunk}
