"""Pictures made anew: what a camera wrote beside the picture (place, device) is dropped, size is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST = 2_000
SMALL = 320
MOST_PIXELS = 80_000_000
QUALITY, SMALL_QUALITY = 85, 70
MEDIA_TYPE = "image/jpeg"
_EXIF_DETAILS, _EXIF_TAKEN = 0x8769, 0x9003


class NotAPicture(Exception):
    """The bytes are no picture that can be drawn; the message is one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG bytes without any metadata: at most ``LONGEST`` pixels a side, and at most ``SMALL``.

    ``taken_on``: the day the camera wrote, None where it wrote none."""

    content: bytes
    small: bytes
    taken_on: date | None


def redraw(source: bytes) -> Picture:
    """The picture upright, on white, as new JPEG files; the first frame of a moving one.

    Raises NotAPicture for broken bytes and for more than ``MOST_PIXELS``, before they are unpacked."""
    try:
        with Image.open(BytesIO(source), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture("照片的像素太多，请用手机或看图软件缩小后再传。")
            taken_on = _taken_on(image)
            image.draft("RGB", (LONGEST, LONGEST))
            drawn = _flat(ImageOps.exif_transpose(image))
    except NotAPicture:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
        raise NotAPicture("照片打不开，可能没有传完整，请重新选择。") from error
    drawn.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    content = _jpeg(drawn, QUALITY)
    drawn.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Picture(content, _jpeg(drawn, SMALL_QUALITY), taken_on)


def _flat(image: Image.Image) -> Image.Image:
    """The picture in plain colours; what is transparent becomes white."""
    if image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return flat
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    # A new image has no EXIF, comments or profile to carry over.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    target = BytesIO()
    bare.save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()


def _taken_on(image: Image.Image) -> date | None:
    """The camera's own day, if it wrote a sensible one."""
    try:
        written = str(image.getexif().get_ifd(_EXIF_DETAILS).get(_EXIF_TAKEN, ""))
        return datetime.strptime(written[:10], "%Y:%m:%d").date()  # noqa: DTZ007 - a day of the camera's
    except (ValueError, OSError, KeyError, SyntaxError, TypeError):
        return None


__all__ = ["MEDIA_TYPE", "NotAPicture", "Picture", "redraw"]
