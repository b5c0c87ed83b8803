"""Take in a picture: decode it within bounds, turn it upright and write it anew, with nothing but its pixels.

What is stored never holds a byte of what was sent: no position, no thumbnail of the uncropped picture, no text, no
archive behind the end. The colour profile goes too: colours may shift a little, and one parser less meets what
strangers made.

Everything becomes WebP. Measured on 1600 × 900: a drawn window without loss takes 74 kB (PNG 206 kB) and its letters
stay sharp; a photograph at quality 80 takes 66 kB (JPEG 141 kB, without loss 1 974 kB); about 0.1 s each.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from portal.core.errors import Invalid
from portal.core.i18n import N_

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MIME = "image/webp"
LONGEST_EDGE = 16_383  # of WebP
DRAWN_COLOURS = 4_096  # of the 16 384 places looked at: a photograph has far more, a window far fewer
SAMPLE_EDGE = 128

# The decoders ask this before they allocate; max_pixels of the caller is asked right after the header is read.
Image.MAX_IMAGE_PIXELS = 50_000_000


@dataclass(frozen=True, kw_only=True)
class CleanImage:
    """Hold a picture as it is stored."""

    content: bytes
    mime: str
    width: int
    height: int
    digest: str


def clean(source: bytes | BinaryIO, *, max_bytes: int, max_pixels: int, max_edge: int) -> CleanImage:
    """Give a picture of nothing but pixels, its first frame, no edge longer than max_edge; or raise Invalid."""
    sent = source if isinstance(source, bytes) else source.read(max_bytes + 1)
    if len(sent) > max_bytes:
        raise Invalid(N_("The picture is too large. It may have %(megabytes)s MB."), megabytes=_millions(max_bytes))
    pixels = _decoded(sent, max_pixels=max_pixels, max_edge=min(max_edge, LONGEST_EDGE))
    content = _written(pixels, was_lossy=sent.startswith(b"\xff\xd8"))  # JPEG
    return CleanImage(
        content=content,
        mime=MIME,
        width=pixels.width,
        height=pixels.height,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _millions(count: int) -> str:
    return f"{count / 1_000_000:.1f}".removesuffix(".0")


def _decoded(sent: bytes, *, max_pixels: int, max_edge: int) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(sent), formats=FORMATS)
        size = opened.width * opened.height
        pixels = _upright(opened, max_edge) if size <= max_pixels else None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = None
    except Exception:  # decoders meet hostile bytes and raise whatever they stumble over
        raise Invalid(N_("We cannot read this as a picture. Send it as PNG, JPEG, WebP or GIF.")) from None
    if pixels is None:
        raise Invalid(
            N_("The picture is too big. It may have %(megapixels)s megapixels."), megapixels=_millions(max_pixels)
        )
    return pixels


def _upright(opened: Image.Image, max_edge: int) -> Image.Image:
    opened.draft(None, (max_edge, max_edge))  # a JPEG is decoded no larger than it is needed
    turned = ImageOps.exif_transpose(opened)
    coloured = _coloured(turned)
    coloured.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS)
    return _fresh(coloured)


def _coloured(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would cut off instead of scaling
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _fresh(image: Image.Image) -> Image.Image:
    """Copy what can be seen to a picture that knows nothing else, not even what transparent places hide."""
    if image.mode == "RGB":
        fresh = Image.new("RGB", image.size)
        fresh.paste(image)
        return fresh
    fresh = Image.new("RGBA", image.size, (0, 0, 0, 0))
    fresh.paste(image, mask=image.getchannel("A").point(lambda alpha: 255 if alpha else 0))
    return fresh


def _written(image: Image.Image, *, was_lossy: bool) -> bytes:
    written = io.BytesIO()
    is_drawn = not was_lossy and _is_drawn(image)
    image.save(written, "WEBP", lossless=is_drawn, quality=80, method=4, exact=False)
    return written.getvalue()


def _is_drawn(image: Image.Image) -> bool:
    sample = image.resize((SAMPLE_EDGE, SAMPLE_EDGE), Image.Resampling.NEAREST)
    return sample.getcolors(maxcolors=DRAWN_COLOURS) is not None
