import io
import random
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from portal.core import images
from portal.core.errors import Invalid
from portal.core.images import CleanImage

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


def drawn(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """Draw four quarters: red, green; blue, white."""
    image = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    pen.rectangle((width // 2, 0, width, height // 2 - 1), fill=GREEN)
    pen.rectangle((0, height // 2, width // 2 - 1, height), fill=BLUE)
    return image.quantize() if mode == "P" else image.convert(mode)


def photographed(width: int = 640, height: int = 400) -> Image.Image:
    chance = random.Random(7)
    coarse = [Image.frombytes("L", (32, 20), chance.randbytes(640)).resize((width, height)) for _ in "RGB"]
    grain = [Image.frombytes("L", (width, height), chance.randbytes(width * height)) for _ in "RGB"]
    return Image.blend(Image.merge("RGB", coarse), Image.merge("RGB", grain), 0.1)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def cleaned(
    sent: bytes, *, max_bytes: int = 5_000_000, max_pixels: int = 10_000_000, max_edge: int = 2_000
) -> CleanImage:
    return images.clean(sent, max_bytes=max_bytes, max_pixels=max_pixels, max_edge=max_edge)


def opened(clean: CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(clean.content))


def quarters(clean: CleanImage) -> list[tuple[int, ...]]:
    image = opened(clean).convert("RGB")
    width, height = image.size
    places = [(width // 4, height // 4), (width * 3 // 4, height // 4), (width // 4, height * 3 // 4)]
    return [image.getpixel(place) for place in [*places, (width * 3 // 4, height * 3 // 4)]]  # type: ignore[misc]


def is_near(found: list[tuple[int, ...]], *wanted: tuple[int, int, int]) -> bool:
    return all(
        abs(a - b) < 12 for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_of_every_kind_become_webp_of_the_same_look(kind: str) -> None:
    clean = cleaned(saved(drawn(), kind))
    assert (clean.mime, clean.width, clean.height) == ("image/webp", 120, 80)
    assert opened(clean).format == "WEBP"
    assert opened(clean).size == (120, 80)
    assert is_near(quarters(clean), RED, GREEN, BLUE, WHITE)


def test_a_stream_is_read_no_further_than_allowed() -> None:
    sent = saved(drawn())
    stream = io.BytesIO(sent + bytes(1_000))
    with pytest.raises(Invalid, match="too large"):
        images.clean(stream, max_bytes=len(sent), max_pixels=10**6, max_edge=500)
    assert stream.tell() == len(sent) + 1
    stream.seek(0)
    assert images.clean(stream, max_bytes=len(sent) + 1_000, max_pixels=10**6, max_edge=500).width == 120


def test_the_same_picture_has_the_same_digest() -> None:
    sent = saved(drawn())
    assert cleaned(sent) == cleaned(sent + b"something behind the end")
    assert cleaned(sent).digest != cleaned(saved(drawn(122))).digest
    assert len(cleaned(sent).digest) == 64


class TestNothingButPixels:
    SECRET = b"Kari Nordmann 60.3913 5.3221"

    def assert_gone(self, sent: bytes) -> CleanImage:
        assert self.SECRET in sent
        clean = cleaned(sent)
        assert self.SECRET not in clean.content
        assert not opened(clean).getexif()
        assert set(opened(clean).info) <= {"loop", "background", "timestamp", "duration"}
        for chunk in (b"EXIF", b"ICCP", b"XMP ", b"Exif", b"GPS"):
            assert chunk not in clean.content
        return clean

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_exif_with_its_position_is_gone(self, kind: str) -> None:
        exif = Image.Exif()
        exif[0x010E] = self.SECRET.decode()
        exif.get_ifd(0x8825).update({1: "N", 2: (60.0, 23.0, 28.7), 3: "E", 4: (5.0, 19.0, 19.6)})
        self.assert_gone(saved(drawn(), kind, exif=exif.tobytes()))

    def test_the_thumbnail_of_the_uncropped_picture_is_gone(self) -> None:
        thumbnail = saved(drawn(40, 30), "JPEG", comment=self.SECRET)
        exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + bytes(6) + thumbnail
        self.assert_gone(saved(drawn(), "JPEG", exif=exif))

    def test_comments_of_jpeg_and_gif_are_gone(self) -> None:
        self.assert_gone(saved(drawn(), "JPEG", comment=self.SECRET))
        self.assert_gone(saved(drawn(mode="P"), "GIF", comment=self.SECRET))

    def test_text_of_png_is_gone(self) -> None:
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", self.SECRET.decode())
        notes.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{self.SECRET.decode()}</x:xmpmeta>")
        self.assert_gone(saved(drawn(), "PNG", pnginfo=notes))

    def test_compressed_text_of_png_is_gone(self) -> None:
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", self.SECRET.decode() * 20, zip=True)
        clean = cleaned(saved(drawn(), "PNG", pnginfo=notes))
        assert zlib.compress(self.SECRET * 20)[:20] not in clean.content
        assert clean == cleaned(saved(drawn()))

    def test_xmp_is_gone(self) -> None:
        self.assert_gone(saved(drawn(), "WEBP", xmp=b"<x:xmpmeta>" + self.SECRET + b"</x:xmpmeta>"))

    def test_the_colour_profile_is_gone(self) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + self.SECRET
        self.assert_gone(saved(drawn(), "PNG", icc_profile=profile.replace(self.SECRET, b"")) + self.SECRET)
        self.assert_gone(saved(drawn(), "JPEG", icc_profile=profile))

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
    def test_an_archive_behind_the_end_is_gone(self, kind: str) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
            file.writestr("journal.txt", self.SECRET)
        clean = self.assert_gone(saved(drawn(), kind) + archive.getvalue())
        assert not zipfile.is_zipfile(io.BytesIO(clean.content))

    def test_what_is_also_a_script_or_a_page_is_no_longer(self) -> None:
        page = b"<html><script>alert(1)</script>" + self.SECRET
        self.assert_gone(saved(drawn(), "GIF") + page)
        self.assert_gone(saved(drawn(), "JPEG", comment=page))

    def test_what_transparent_places_hide_is_gone(self) -> None:
        image = drawn(mode="RGBA")
        image.putalpha(Image.new("L", image.size, 0))
        clean = cleaned(saved(image))
        assert opened(clean).convert("RGBA").getcolors() == [(120 * 80, (0, 0, 0, 0))]

    def test_what_transparent_stripes_hide_in_a_photograph_is_gone(self) -> None:
        red, green, blue = photographed().split()
        image = Image.merge("RGB", (red, green.point(lambda value: value // 4), blue)).convert("RGBA")
        for left in range(0, image.width, 16):
            image.paste((0, 255, 0, 0), (left, 0, left + 2, image.height))
        clean = cleaned(saved(image))
        assert b"VP8L" not in clean.content[:40]
        shown = opened(clean).convert("RGBA")
        hidden = [shown.getpixel((left, top)) for left in range(0, image.width, 16) for top in range(0, 400, 10)]
        assert max(green for _, green, _, _ in hidden) < 150  # type: ignore[misc]


class TestRefusing:
    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"not a picture",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<?xml version='1.0'?><svg></svg>",
            b"%PDF-1.7\n",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\xff\xff\xff\xffWEBPVP8X",
            b"\xff\xd8\xff\xe0",
            saved(drawn(), "BMP"),
            saved(drawn(), "TIFF"),
            saved(drawn(), "PPM"),
            saved(drawn(), "ICO"),
        ],
        ids=["empty", "text", "svg", "xml", "pdf", "gif", "png", "webp", "jpeg", "bmp", "tiff", "ppm", "ico"],
    )
    def test_what_is_no_picture_of_ours(self, sent: bytes) -> None:
        with pytest.raises(Invalid, match="cannot read"):
            cleaned(sent)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    @pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
    def test_a_picture_that_was_cut_off(self, kind: str, part: float) -> None:
        sent = saved(photographed(200, 200), kind)
        with pytest.raises(Invalid, match="cannot read"):
            cleaned(sent[: int(len(sent) * part)])

    def test_too_many_bytes(self) -> None:
        sent = saved(drawn())
        with pytest.raises(Invalid, match="too large") as refusal:
            cleaned(sent + bytes(2_500_001 - len(sent)), max_bytes=2_500_000)
        assert refusal.value.params == {"megabytes": "2.5"}

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_too_many_pixels(self, kind: str) -> None:
        sent = saved(drawn(1_001, 1_000), kind)
        with pytest.raises(Invalid, match="too big") as refusal:
            cleaned(sent, max_pixels=1_000_000)
        assert refusal.value.params == {"megapixels": "1"}
        assert cleaned(sent, max_pixels=1_001_000).width == 1_001

    @pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (8_000, 8_000)])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, width: int, height: int) -> None:
        def chunk(name: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

        head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
        with pytest.raises(Invalid, match="too big"):
            cleaned(bomb, max_pixels=40_000_000)

    def test_a_bomb_in_webp_is_refused_by_its_header(self) -> None:
        canvas = (16_382).to_bytes(3, "little") + (6_999).to_bytes(3, "little")
        body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas
        with pytest.raises(Invalid, match="too big"):
            cleaned(b"RIFF" + struct.pack("<I", len(body)) + body)

    def test_a_frame_larger_than_its_picture_counts(self) -> None:
        sent = bytearray(saved(drawn(mode="P"), "GIF"))
        at = sent.index(b",\x00\x00\x00\x00")
        sent[at + 5 : at + 9] = struct.pack("<HH", 65_535, 65_535)
        with pytest.raises(Invalid, match="too big"):
            cleaned(bytes(sent))

    def test_a_bomb_of_text_is_refused(self) -> None:
        packed = b"Comment\x00\x00" + zlib.compress(bytes(80_000_000))
        chunk = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
        sent = saved(drawn())
        assert cleaned(sent)
        with pytest.raises(Invalid, match="cannot read"):
            cleaned(sent[:33] + chunk + sent[33:])

    @given(
        st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]),
        st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    )
    @hypothesis_settings(max_examples=50, deadline=None)
    def test_damaged_bytes_give_a_picture_or_a_refusal(self, kind: str, damage: list[tuple[float, int]]) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        sent = bytearray(saved(drawn(), kind, exif=exif.tobytes()) if kind != "GIF" else saved(drawn(), kind))
        for place, value in damage:
            sent[int(place * len(sent))] = value
        with suppress(Invalid):  # any other error is a failure
            assert cleaned(bytes(sent)).content.startswith(b"RIFF")


class TestLooks:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_a_turned_picture_comes_upright(self, orientation: int) -> None:
        turns = {
            2: Image.Transpose.FLIP_LEFT_RIGHT,
            3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270,
        }
        lying = drawn().transpose(turns[orientation]) if orientation in turns else drawn()
        exif = Image.Exif()
        exif[0x0112] = orientation
        clean = cleaned(saved(lying, "JPEG", exif=exif.tobytes(), quality=95))
        assert (clean.width, clean.height) == (120, 80)
        assert is_near(quarters(clean), RED, GREEN, BLUE, WHITE)

    def test_a_large_picture_is_made_smaller_in_the_same_shape(self) -> None:
        for kind in ("PNG", "JPEG"):
            clean = cleaned(saved(drawn(1_200, 800), kind), max_edge=300)
            assert (clean.width, clean.height) == (300, 200)
            assert is_near(quarters(clean), RED, GREEN, BLUE, WHITE)

    def test_a_very_long_picture_keeps_a_width(self) -> None:
        assert cleaned(saved(drawn(3_000, 2)), max_edge=100).height == 1

    def test_the_first_frame_of_an_animation_is_taken(self) -> None:
        frames = [drawn(mode="P"), Image.new("P", (120, 80), 5)]
        for kind in ("GIF", "WEBP", "PNG"):
            clean = cleaned(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
            assert getattr(opened(clean), "n_frames", 1) == 1
            assert is_near(quarters(clean), RED, GREEN, BLUE, WHITE)

    def test_cmyk_becomes_rgb(self) -> None:
        assert is_near(quarters(cleaned(saved(drawn(mode="CMYK"), "JPEG", quality=95))), RED, GREEN, BLUE, WHITE)

    def test_sixteen_bits_are_scaled_and_not_cut_off(self) -> None:
        grey = Image.new("I;16", (40, 40), 0x8000)
        clean = cleaned(saved(grey))
        assert is_near([opened(clean).convert("RGB").getpixel((20, 20))], (128, 128, 128))  # type: ignore[list-item]

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
    def test_other_modes_are_read(self, mode: str) -> None:
        assert is_near([quarters(cleaned(saved(drawn(mode=mode))))[3]], WHITE)

    def test_a_palette_with_a_transparent_colour_stays_transparent(self) -> None:
        image = Image.new("P", (40, 40), 1)
        image.putpalette([255, 255, 255, 220, 30, 30])
        image.paste(0, (0, 0, 20, 40))
        clean = opened(cleaned(saved(image, "PNG", transparency=0))).convert("RGBA")
        assert clean.getpixel((5, 5)) == (0, 0, 0, 0)
        assert clean.getpixel((30, 5)) == (220, 30, 30, 255)

    def test_a_picture_that_is_opaque_all_over_needs_no_alpha(self) -> None:
        assert opened(cleaned(saved(drawn(mode="RGBA")))).mode == "RGB"


class TestSize:
    def test_a_drawn_window_keeps_every_pixel(self) -> None:
        image = drawn(640, 400)
        ImageDraw.Draw(image).text((10, 10), "Feilkode 0x80090308", fill=(0, 0, 0))
        clean = cleaned(saved(image))
        assert opened(clean).convert("RGB").tobytes() == image.tobytes()
        assert b"VP8L" in clean.content[:40]

    def test_a_photograph_is_made_small_though_it_comes_without_loss(self) -> None:
        sent = saved(photographed())
        clean = cleaned(sent)
        assert b"VP8 " in clean.content[:40]
        assert len(clean.content) < len(sent) / 4

    def test_what_has_lost_already_is_not_kept_without_loss(self) -> None:
        assert b"VP8 " in cleaned(saved(drawn(), "JPEG")).content[:40]
