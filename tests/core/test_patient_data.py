import logging
import random
import re
import traceback
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.config import Settings
from portal.core import clock, patient_data, settings
from portal.core.patient_data import Finding, Kind, PatientData, Severity

TODAY = date(2026, 11, 26)
IN_2033 = date(2033, 1, 10)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "_current", Settings())
    with clock.frozen(datetime(2026, 11, 26, 9, tzinfo=UTC)):
        yield


# Numbers are made from dates, by the arithmetic of the rule read backwards; none is taken from a person.
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def with_check_digits(nine: str, *, remainder: int = 0) -> str | None:
    first = (remainder - sum(int(digit) * weight for digit, weight in zip(nine, FIRST, strict=True))) % 11
    if first == 10:
        return None
    ten = f"{nine}{first}"
    second = -sum(int(digit) * weight for digit, weight in zip(ten, SECOND, strict=True)) % 11
    return None if second == 10 else f"{ten}{second}"


def individual_digits(year: int) -> range:
    return range(500) if year < 2000 else range(500, 1000)


def made(born: date, nth: int, *, day: int = 0, month: int = 0, remainder: int = 0) -> str:
    individual = individual_digits(born.year)
    for step in range(len(individual)):
        serial = individual[(nth + step) % len(individual)]
        nine = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}{serial:03}"
        if number := with_check_digits(nine, remainder=remainder):
            return number
    raise AssertionError("every date has numbers")


def made_common_help_number(nth: int, *, remainder: int = 0) -> str:
    for serial in range(nth, nth + 50):
        if number := with_check_digits(f"{800_000_000 + serial % 200_000_000}", remainder=remainder):
            return number
    raise AssertionError("one in five has none")


def slipped(number: str) -> str:
    return number[:7] + str((int(number[7]) + 1) % 10) + number[8:]


BORN = st.dates(date(1940, 1, 1), date(2026, 11, 1))
NUMBERS = st.builds(made, BORN, st.integers(0, 499))
D_NUMBERS = st.builds(made, BORN, st.integers(0, 499), day=st.just(40))
SURE_NUMBERS = NUMBERS | D_NUMBERS

A_NUMBER = made(date(1980, 2, 1), 123)
A_D_NUMBER = made(date(1980, 2, 1), 123, day=40)
AN_H_NUMBER = made(date(1980, 2, 1), 123, month=40)
AN_FH_NUMBER = made_common_help_number(31_415_926)
A_2032_NUMBER = made(date(1980, 2, 1), 123, remainder=2)


def found(text: str, today: date = TODAY) -> list[tuple[Kind, Severity]]:
    return [(each.kind, each.severity) for each in patient_data.findings(text, today=today)]


def severities(text: str, today: date = TODAY) -> set[Severity]:
    return {each.severity for each in patient_data.findings(text, today=today)}


# The ways in which numbers are written.
def in_full_width(n: str) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in n)


FORMATS: dict[str, Callable[[str], str]] = {
    "plain": lambda n: n,
    "in an address": lambda n: f"https://journal.example/person?nr={n}&vis=1",
    "quoted": lambda n: f"«{n}»",
    "labelled": lambda n: f"fnr:{n}",
    "in full width": in_full_width,
    "in a list with commas": lambda n: f"12,{n},13",
    "with a space": lambda n: f"{n[:6]} {n[6:]}",
    "with a dash": lambda n: f"{n[:6]}-{n[6:]}",
    "with a dash between spaces": lambda n: f"{n[:6]} - {n[6:]}",
    "with a hard space": lambda n: f"{n[:6]}\u00a0{n[6:]}",
    "with a dot": lambda n: f"{n[:6]}.{n[6:]}",
    "with an en dash": lambda n: f"{n[:6]}–{n[6:]}",
    "as a date": lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]} {n[6:]}",
    "as a date with slashes": lambda n: f"{n[:2]}/{n[2:4]}/{n[4:6]} {n[6:]}",
    "as a date with the century": lambda n: f"{n[:2]}.{n[2:4]}.19{n[4:6]} {n[6:]}",
    "as a date with the century and no dots": lambda n: f"{n[:4]}19{n[4:6]} {n[6:]}",
    "in groups": lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:9]} {n[9:]}",
    "in parentheses with a space": lambda n: f"({n[:6]} {n[6:]})",
    "with invisible characters": lambda n: f"{n[:3]}\u200b{n[3:6]}\u00ad{n[6:]}",
    "inside a file name": lambda n: f"p_{n}_x.png",
    "after letters": lambda n: f"pas{n}",
    "over two lines": lambda n: f"{n[:6]}\n{n[6:]}",
    "over two lines of a mail": lambda n: f"{n[:6]} \r\n{n[6:]}",
    "digit by digit": lambda n: " ".join(n),
    "digit by digit with dots": lambda n: ".".join(n),
    "in another script": lambda n: "".join(chr(0x0660 + int(digit)) for digit in n),
    "struck over": lambda n: "".join(f"{digit}\u0336" for digit in n),
    "as a pasted list item": lambda n: f"•{n}",
}


@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS.keys())
def test_every_way_of_writing_a_number_is_refused(written: Callable[[str], str]) -> None:
    for nth in range(0, 500, 10):
        born = date(1950 + nth % 50, 1 + nth % 12, 1 + nth % 28)
        for number in (made(born, nth), made(born, nth, day=40)):
            assert Severity.BLOCK in severities(f"Kan nokon sjå på {written(number)}, takk")


@given(SURE_NUMBERS, st.sampled_from(sorted(FORMATS)), st.text(max_size=60), st.text(max_size=60))
@hypothesis_settings(max_examples=150, deadline=None)
@example(A_NUMBER, "digit by digit", "1 2 3 ", " 4 5 6")
@example(A_NUMBER, "with a space", "123456 ", " 654321")
@example(A_NUMBER, "in groups", "11 ", " 12 345")
@example(A_NUMBER, "plain", f"{A_D_NUMBER} ", f"-{A_D_NUMBER}")
def test_a_number_is_found_whatever_stands_around_it(number: str, how: str, before: str, after: str) -> None:
    written = FORMATS[how](number)
    assume(not patient_data._OTHER.search(read_aloud(before)))  # an account or a serial number: masked, not blocked
    assume(not re.search(r"\d[.:\-]?$", read_aloud(before)))
    assume(not re.match(r"[.:\-]?\d", read_aloud(after)))
    text = before + written + after
    blocked = [each for each in patient_data.findings(text, today=TODAY) if each.severity is Severity.BLOCK]
    places = [re.sub(r"\D", "", read_aloud(text[each.start : each.end])) for each in blocked]
    assert any(re.fullmatch(f"{number[:4]}(19)?{number[4:]}", place) for place in places)


def read_aloud(text: str) -> str:
    seen = "".join(each for each in text if unicodedata.category(each) not in {"Cf", "Mn", "Me"})
    usual = unicodedata.normalize("NFKC", seen)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in usual)


@given(st.text(max_size=200) | st.text("0123456789 .-/:\n█•fødtnr", max_size=120))
@hypothesis_settings(max_examples=100, deadline=None)
@example(f"{A_NUMBER}-{A_NUMBER[:6]}-{A_NUMBER[6:]}")
@example(" ".join(A_NUMBER * 5))
@example(f"fødselsnummer {A_2032_NUMBER} {AN_H_NUMBER} {AN_FH_NUMBER} journalnr {AN_FH_NUMBER}")
def test_masking_leaves_nothing_to_refuse_or_mask(text: str) -> None:
    after = patient_data.masked(text)
    assert len(after) == len(text)
    assert not severities(after) & {Severity.BLOCK, Severity.MASK}
    assert patient_data.clean(after) == after


@given(st.text(max_size=300))
@hypothesis_settings(max_examples=100, deadline=None)
def test_a_text_without_eleven_digits_is_never_refused(text: str) -> None:
    assume(sum(each.isdecimal() for each in read_aloud(text)) < 11)
    patient_data.check(text)
    assert Severity.MASK not in severities(text)


@given(st.lists(SURE_NUMBERS, min_size=1, max_size=4), st.sampled_from(sorted(FORMATS)))
@hypothesis_settings(max_examples=50, deadline=None)
def test_every_number_of_a_list_is_masked(numbers: list[str], how: str) -> None:
    text = " og\n".join(FORMATS[how](number) for number in numbers)
    after = re.sub(r"\D", "", read_aloud(patient_data.masked(text)))
    assert not any(number[6:] in after for number in numbers)


class TestKinds:
    @pytest.mark.parametrize(
        ("number", "kind", "alone", "labelled", "beside_something_else"),
        [
            (A_NUMBER, Kind.IDENTITY_NUMBER, Severity.BLOCK, Severity.BLOCK, Severity.MASK),
            (A_D_NUMBER, Kind.D_NUMBER, Severity.BLOCK, Severity.BLOCK, Severity.MASK),
            (AN_H_NUMBER, Kind.H_NUMBER, Severity.MASK, Severity.BLOCK, Severity.WARN),
            (AN_FH_NUMBER, Kind.FH_NUMBER, Severity.WARN, Severity.BLOCK, Severity.WARN),
        ],
    )
    def test_each_kind_is_treated_by_what_stands_beside_it(
        self, number: str, kind: Kind, alone: Severity, labelled: Severity, beside_something_else: Severity
    ) -> None:
        assert found(f"sjå {number}") == [(kind, alone)]
        assert found(f"fødselsnummer {number}") == [(kind, labelled)]
        assert found(f"kontonummer {number}") == [(kind, beside_something_else)]

    @pytest.mark.parametrize("month", [65, 80])
    @pytest.mark.parametrize("day", [0, 40])
    def test_test_numbers_are_allowed_with_a_badge(self, day: int, month: int) -> None:
        number = made(date(1980, 2, 1), 123, day=day, month=month)
        assert found(f"fnr {number}") == [(Kind.TEST_NUMBER, Severity.BADGE)]
        assert patient_data.masked(number) == number

    def test_a_d_number_with_the_month_of_a_help_number_is_a_help_number(self) -> None:
        number = made(date(1980, 2, 1), 123, day=40, month=40)
        assert found(number) == [(Kind.H_NUMBER, Severity.MASK)]

    def test_the_twenty_ninth_of_february_needs_a_leap_year(self) -> None:
        assert found(made(date(1980, 2, 29), 3)) == [(Kind.IDENTITY_NUMBER, Severity.BLOCK)]
        assert found(with_check_digits("290281123") or "") == []

    @pytest.mark.parametrize("nine", ["000180123", "320180123", "011380123", "400180123", "720180123", "015380123"])
    def test_dates_that_do_not_exist_are_no_numbers(self, nine: str) -> None:
        for serial in range(120, 130):
            assert found(with_check_digits(f"{nine[:6]}{serial}") or "") == []

    def test_a_person_who_is_not_yet_born_has_no_number(self) -> None:
        assert found(made(date(2026, 11, 26), 7)) == [(Kind.IDENTITY_NUMBER, Severity.BLOCK)]
        assert found(made(date(2027, 3, 1), 7)) == []
        assert found("fnr " + made(date(2027, 3, 1), 7)) == [(Kind.IDENTITY_NUMBER, Severity.WARN)]

    def test_the_individual_digits_must_fit_the_century(self) -> None:
        with_no_century = next(filter(None, (with_check_digits(f"010245{serial}") for serial in range(510, 530))))
        from_1860 = next(filter(None, (with_check_digits(f"010260{serial}") for serial in range(510, 530))))
        from_1945 = next(filter(None, (with_check_digits(f"010245{serial}") for serial in range(910, 930))))
        assert found(with_no_century) == []
        assert found(from_1860) == found(from_1945) == [(Kind.IDENTITY_NUMBER, Severity.BLOCK)]

    @pytest.mark.parametrize("nine", ["010245510", "010245850", "010245899"])
    def test_individual_digits_that_no_century_uses_are_no_number(self, nine: str) -> None:
        number = next(filter(None, (with_check_digits(f"{int(nine) + step:09}") for step in range(0, -20, -1))))
        assert found(number) == []

    def test_a_typing_slip_beside_a_label_is_pointed_out(self) -> None:
        assert found(f"Fødselsnr. {slipped(A_NUMBER)}") == [(Kind.MISTYPED_NUMBER, Severity.WARN)]
        assert found(f"nummer {slipped(A_NUMBER)}") == []

    @pytest.mark.parametrize(
        "label",
        ["fnr", "f.nr.", "Fødselsnummer:", "fødselsnr", "fodselsnummer", "født", "fødd", "personnummer", "pnr", "p.nr",
         "pasient", "Pasienten", "pas", "d-nummer", "dnr", "H-nr", "SSN", "NPR", "journalnr", "personal number",
         "national identity number", "identitetsnummer", "patient id"],
    )  # fmt: skip
    def test_a_label_makes_a_help_number_certain(self, label: str) -> None:
        assert Severity.BLOCK in severities(f"{label} {AN_H_NUMBER}")
        assert Severity.BLOCK in severities(f"{label.upper()}{AN_H_NUMBER}")

    @pytest.mark.parametrize("word", ["passord", "ordnr", "sniffnr", "postnr", "depnr"])
    def test_words_that_only_contain_a_label_are_none(self, word: str) -> None:
        assert severities(f"{word} {AN_H_NUMBER}") == {Severity.MASK}

    @pytest.mark.parametrize("remainder", [1, 2, 3])
    @pytest.mark.parametrize("day", [0, 40])
    def test_numbers_of_the_2032_rule_block_from_that_day(self, day: int, remainder: int) -> None:
        number = made(date(1980, 2, 1), 123, day=day, remainder=remainder)
        assert found(number) == []
        assert severities(f"fnr {number}") == {Severity.WARN}
        assert severities(number, today=IN_2033) == {Severity.BLOCK}
        assert severities(A_NUMBER, today=IN_2033) == {Severity.BLOCK}

    @pytest.mark.parametrize("remainder", range(4, 11))
    def test_other_remainders_are_wrong_under_both_rules(self, remainder: int) -> None:
        number = made(date(1980, 2, 1), 123, remainder=remainder)
        assert found(number) == found(number, today=IN_2033) == []

    def test_a_common_help_number_is_known_in_any_script(self) -> None:
        assert found(FORMATS["in another script"](AN_FH_NUMBER)) == [(Kind.FH_NUMBER, Severity.WARN)]

    def test_groups_inside_a_longer_row_of_groups_are_something_else(self) -> None:
        grouped = f"{A_NUMBER[:6]}-{A_NUMBER[6:]}"
        for text in (f"S-1-5-21-{grouped}", f"{grouped}-1001", f"{grouped}.5", f"10.{grouped}"):
            assert found(text) == []
        assert found(f"({grouped})") != []

    def test_the_day_of_the_2032_rule_is_a_setting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        patient_data.check(A_2032_NUMBER)
        monkeypatch.setattr(settings, "_current", Settings(identity_rule_2032_from=TODAY))
        with pytest.raises(PatientData):
            patient_data.check(A_2032_NUMBER)

    def test_after_2032_the_century_can_no_longer_be_told(self) -> None:
        with_no_century = next(filter(None, (with_check_digits(f"010245{serial}") for serial in range(510, 530))))
        assert severities(with_no_century, today=IN_2033) == {Severity.BLOCK}


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def an_address(chance: random.Random) -> str:
    return ".".join(str(chance.randrange(256)) for _ in range(4))


def a_mac(chance: random.Random, sign: str, size: int) -> str:
    raw = digits(chance, 12)
    return sign.join(raw[at : at + size] for at in range(0, 12, size))


def a_moment(chance: random.Random, pattern: str) -> str:
    return datetime.fromtimestamp(chance.randrange(1_500_000_000, 1_900_000_000), UTC).strftime(pattern)


HARMLESS: dict[str, Callable[[random.Random], str]] = {
    "case number of 7": lambda r: digits(r, 7),
    "case number of 8": lambda r: f"sak {digits(r, 8)}",
    "INC": lambda r: f"INC{digits(r, 7)}",
    "year and running number": lambda r: f"{r.randrange(2015, 2030)}/{digits(r, 6)}",
    "day and running number": lambda r: f"2026{r.randrange(1, 13):02}{r.randrange(1, 29):02}{digits(r, 3)}",
    "phone": lambda r: digits(r, 8),
    "phone in pairs": lambda r: " ".join(digits(r, 2) for _ in range(4)),
    "mobile": lambda r: f"9{digits(r, 2)} {digits(r, 2)} {digits(r, 3)}",
    "phone with +47": lambda r: f"+47 {digits(r, 8)}",
    "phone with 0047": lambda r: f"0047{digits(r, 8)}",
    "phone with +47 in pairs": lambda r: "+47 " + " ".join(digits(r, 2) for _ in range(4)),
    "two phones": lambda r: f"{digits(r, 8)} {digits(r, 8)}",
    "two phones in pairs": lambda r: " ".join(digits(r, 2) for _ in range(8)),
    "IPv4": an_address,
    "IPv4 with a port": lambda r: f"{an_address(r)}:{r.randrange(10_000, 65_536)}",
    "MAC with colons": lambda r: a_mac(r, ":", 2),
    "MAC with dashes": lambda r: a_mac(r, "-", 2),
    "MAC with dots": lambda r: a_mac(r, ".", 4),
    "UUID": lambda r: str(uuid.UUID(int=r.getrandbits(128))),
    "SID": lambda r: f"S-1-5-21-{r.getrandbits(32)}-{r.getrandbits(32)}-{r.getrandbits(32)}-{r.randrange(500, 99_999)}",
    "version": lambda r: f"{r.randrange(20)}.{r.randrange(20)}.{digits(r, 5)}.{digits(r, 4)}",
    "object identifier": lambda r: "1.3.6.1.4.1." + ".".join(str(r.randrange(10)) for _ in range(r.randrange(4, 9))),
    "seconds since 1970": lambda r: str(r.randrange(1_000_000_000, 2_000_000_000)),
    "milliseconds since 1970": lambda r: str(r.randrange(1_000_000_000_000, 2_000_000_000_000)),
    "day and time": lambda r: a_moment(r, "%d.%m.%Y %H:%M:%S"),
    "time stamp": lambda r: a_moment(r, "%Y%m%d%H%M%S"),
    "short day and time": lambda r: a_moment(r, "%d%m%y %H%M%S"),
    "list of times": lambda r: " ".join(f"{r.randrange(24):02}:{r.randrange(60):02}" for _ in range(6)),
    "IMEI": lambda r: digits(r, 15),
    "EAN": lambda r: digits(r, 13),
    "organisation number": lambda r: f"{digits(r, 3)} {digits(r, 3)} {digits(r, 3)}",
    "HPR number": lambda r: f"HPR {digits(r, 7)}",
    "bank account with dots": lambda r: f"{digits(r, 4)}.{digits(r, 2)}.{digits(r, 5)}",
    "bank account with spaces": lambda r: f"{digits(r, 4)} {digits(r, 2)} {digits(r, 5)}",
    "article of a knowledge base": lambda r: f"KB{digits(r, 7)} og 0x{digits(r, 8)}",
}


@pytest.mark.parametrize("written", HARMLESS.values(), ids=HARMLESS.keys())
@pytest.mark.parametrize("today", [TODAY, IN_2033], ids=["2026", "2033"])
def test_everyday_numbers_are_left_alone(written: Callable[[random.Random], str], today: date) -> None:
    chance = random.Random(2026)
    for _ in range(400):
        text = f"Feil på PC: {written(chance)}. Kan nokon hjelpe?"
        assert patient_data.findings(text, today=today) == (), text


def test_eleven_random_digits_are_seldom_refused() -> None:
    chance = random.Random(11)
    refused = sum(Severity.BLOCK in severities(digits(chance, 11)) for _ in range(10_000))
    assert 0 < refused < 15


class TestCues:
    @pytest.mark.parametrize(
        "text",
        ["pasientnr 12345678", "Pasientnr.: 4711", "NPR-id 123456", "NPR 1234567", "rekvisisjonsnr 99887766",
         "prøvenr: 12345", "Prøvenummer 12345", "journalnummer 123456789012", "Patient ID 12345"],
    )  # fmt: skip
    def test_record_numbers_beside_their_label_are_pointed_out(self, text: str) -> None:
        assert found(text) == [(Kind.RECORD_NUMBER, Severity.WARN)]
        assert patient_data.masked(text).rstrip("█") == text.rstrip("0123456789")

    @pytest.mark.parametrize("text", ["journalnr 123", "sak 12345678", "romnr 12345", "pasientnr 1234567890123"])
    def test_other_numbers_are_no_record_numbers(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text",
        ["født 01.02.1980", "f. 1.2.80", "Fødd den 1. februar 1980", "fødselsdato: 01.02.80", "f.01-02-1980",
         "born 01/02/1980", "fodt 01.02.80"],
    )  # fmt: skip
    def test_a_birth_date_beside_a_cue_is_pointed_out(self, text: str) -> None:
        assert found(text) == [(Kind.BIRTH_DATE, Severity.WARN)]

    @pytest.mark.parametrize("text", ["Oppdatert 01.02.1980", "kl. 12.30", "pdf. 1.2.80", "f.eks. 12.30"])
    def test_other_dates_are_left_alone(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text",
        ["pasient Kari Nordmann ringde", "Pasienten heiter Ola Nordmann", "pårørande: Åse-Marie", "pårørende Åse Ås",
         "pa\u030arørende Åse Ås"],
    )  # fmt: skip
    def test_a_name_after_a_cue_is_pointed_out_and_never_more(self, text: str) -> None:
        assert found(text) == [(Kind.NAME, Severity.WARN)]
        assert patient_data.masked(text) == text
        patient_data.check(text)

    @pytest.mark.parametrize(
        "text", ["brukar Kari Nordmann", "Pasientreiser Helse Vest", "pasienten kan ikkje logge inn", "spør Anne Berg"]
    )
    def test_names_without_the_cue_are_left_alone(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        "text", ["pasienten har tlf 912 34 567", "Pårørande på 41234567", "pasient +47 91 23 45 67"]
    )
    def test_a_mobile_of_a_patient_is_pointed_out(self, text: str) -> None:
        assert found(text) == [(Kind.PHONE, Severity.WARN)]

    def test_the_mobile_of_a_colleague_is_left_alone(self) -> None:
        assert found("Ring Bjarne på 912 34 567") == []


class TestRefusing:
    def test_a_refused_text_comes_back_with_the_place_marked(self) -> None:
        text = f"<b>Hei</b> {A_NUMBER[:6]}\u200b-{A_NUMBER[6:]} & co"
        with pytest.raises(PatientData) as refusal:
            patient_data.check(text, field="body")
        assert refusal.value.text == text
        assert refusal.value.field == "body"
        assert refusal.value.status == 422
        assert refusal.value.marked == (
            f"&lt;b&gt;Hei&lt;/b&gt; <mark>{A_NUMBER[:6]}\u200b-{A_NUMBER[6:]}</mark> &amp; co"
        )

    def test_nothing_but_the_form_ever_sees_the_text(self, caplog: pytest.LogCaptureFixture) -> None:
        text = f"Kari, {A_NUMBER}"
        with pytest.raises(PatientData) as refusal:
            patient_data.check(text)
        shown = [str(refusal.value), repr(refusal.value), repr(refusal.value.findings), str(refusal.value.args)]
        shown += [str(refusal.value.params), "".join(traceback.format_exception(refusal.value))]
        logging.getLogger("portal").error("refused", exc_info=refusal.value)
        assert not any(A_NUMBER in each or "Kari" in each for each in [*shown, caplog.text])

    def test_what_is_masked_without_asking_does_not_refuse(self) -> None:
        text = f"kontonummer {A_NUMBER}, hjelpenummer {AN_H_NUMBER}"
        assert patient_data.clean(text) == f"kontonummer {'█' * 11}, hjelpenummer {'█' * 11}"

    def test_masking_keeps_what_is_between_the_digits(self) -> None:
        number = A_NUMBER
        assert patient_data.masked(f"({number[:6]} {number[6:]})") == "(██████ █████)"
        assert patient_data.masked(in_full_width(number)) == "█" * 11

    def test_an_author_may_say_that_it_is_no_identity_number(self) -> None:
        with pytest.raises(PatientData):
            patient_data.clean(A_NUMBER, field="title")
        assert patient_data.clean(A_NUMBER, field="title", viewer_accepts=True) == A_NUMBER
        assert patient_data.clean(AN_H_NUMBER, field="title", viewer_accepts=True) == "█" * 11

    def test_the_gravest_wins_where_two_overlap(self) -> None:
        assert found(f"pasientnr {A_NUMBER}") == [(Kind.IDENTITY_NUMBER, Severity.BLOCK)]

    def test_file_names_and_searches_are_checked_as_they_are(self) -> None:
        for text in (f"IMG_{A_NUMBER}.png", f"{A_NUMBER} ", f"skjerm-{A_NUMBER[:6]}_{A_NUMBER[6:]}.jpg"):
            with pytest.raises(PatientData):
                patient_data.check(text)

    def test_every_kind_has_words(self) -> None:
        assert set(patient_data.LABELS) == set(Kind)
        assert Finding(kind=Kind.NAME, severity=Severity.WARN, start=0, end=1).label == "name of a patient"

    def test_overlapping_places_are_marked_once(self) -> None:
        spans = [Finding(kind=Kind.NAME, severity=Severity.WARN, start=at, end=at + 3) for at in (1, 2, 6)]
        assert patient_data.marked("0123456789", spans) == "0<mark>123</mark><mark>4</mark>5<mark>678</mark>9"


@pytest.mark.parametrize(
    "unit",
    ["0 ", "1", "0.", "01", "01 ", "010280 ", "010280-", "01.02.80 ", "\u200b", "１", "0\u0336", "\n", "12345 \r\n",
     "pasient ", "Pasient Aa", "f. 1", "fnr ", "A", "ﷺ", "█", "\u0301", " -:.", f"{A_NUMBER} ", f"{A_NUMBER}-"],
)  # fmt: skip
def test_long_hostile_texts_come_to_an_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    found = patient_data.findings(text, today=TODAY)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert patient_data.marked(text, found).striptags() is not None


def test_positions_are_those_of_the_original() -> None:
    text = f"㍿ﷺ {A_NUMBER[:4]}\u200b{A_NUMBER[4:]} ﷺ"
    (only,) = patient_data.findings(text, today=TODAY)
    assert text[only.start : only.end] == f"{A_NUMBER[:4]}\u200b{A_NUMBER[4:]}"
