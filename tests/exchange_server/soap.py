"""SOAP envelopes, EWS namespaces and the two shapes of an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMES = {"s": SOAP, "m": MESSAGES, "t": TYPES}

Element = Any  # lxml ships no types

PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class EwsError(Exception):
    """An error inside one response message."""

    def __init__(self, code: str, text: str = "") -> None:
        self.code = code
        self.text = text or code
        super().__init__(code)


class SoapFault(Exception):
    """An error of the whole request: HTTP 500 with a SOAP fault."""

    def __init__(self, code: str, text: str = "", *, back_off: int | None = None) -> None:
        self.code = code
        self.text = text or code
        self.back_off = back_off
        super().__init__(code)


def messages(tag: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """Make an element of the messages namespace."""
    return _element(MESSAGES, tag, children, text, attributes)


def types(tag: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """Make an element of the types namespace."""
    return _element(TYPES, tag, children, text, attributes)


def _element(
    namespace: str, tag: str, children: tuple[Element, ...], text: str | None, attributes: dict[str, str]
) -> Element:
    element = etree.Element(f"{{{namespace}}}{tag}", attrib=attributes, nsmap=NAMES)
    element.text = text
    element.extend(children)
    return element


def find(element: Element, path: str) -> Element | None:
    """Find the first element on a path such as «m:Items/t:CalendarItem»."""
    return element.find(path, NAMES)


def find_all(element: Element, path: str) -> list[Element]:
    """Find every element on a path."""
    return list(element.iterfind(path, NAMES))


def text_of(element: Element, path: str) -> str:
    """Read the text on a path, or nothing."""
    return element.findtext(path, "", NAMES)


def local_name(element: Element) -> str:
    """Give the tag without its namespace."""
    return etree.QName(element).localname


def read_request(content: bytes) -> Element:
    """Give the operation inside the body of an envelope."""
    try:
        body = find(etree.fromstring(content, PARSER), "s:Body")
    except etree.XMLSyntaxError as error:
        raise SoapFault("ErrorSchemaValidation", str(error)) from error
    if body is None or not len(body):
        raise SoapFault("ErrorSchemaValidation", "No operation in the body.")
    return body[0]


def success(tag: str, *children: Element) -> Element:
    """Make one response message that went well."""
    return messages(tag, messages("ResponseCode", text="NoError"), *children, ResponseClass="Success")


def failure(tag: str, error: EwsError, *children: Element) -> Element:
    """Make one response message that did not."""
    return messages(
        tag,
        messages("MessageText", text=error.text),
        messages("ResponseCode", text=error.code),
        messages("DescriptiveLinkKey", text="0"),
        *children,
        ResponseClass="Error",
    )


def answer(operation: str, response_messages: list[Element]) -> Element:
    """Make the response of an operation from its messages."""
    return messages(f"{operation}Response", messages("ResponseMessages", *response_messages))


def envelope(content: Element) -> bytes:
    """Wrap a response the way Exchange 2019 does."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    build = {"MajorVersion": "15", "MinorVersion": "2", "MajorBuildNumber": "1118", "MinorBuildNumber": "7"}
    etree.SubElement(
        header, f"{{{TYPES}}}ServerVersionInfo", attrib={**build, "Version": "V2017_07_11"}, nsmap={"h": TYPES}
    )
    etree.SubElement(root, f"{{{SOAP}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def fault(error: SoapFault) -> bytes:
    """Make the envelope of a SOAP fault."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP})
    element = etree.SubElement(etree.SubElement(root, f"{{{SOAP}}}Body"), f"{{{SOAP}}}Fault")
    etree.SubElement(element, "faultcode", nsmap={"a": TYPES}).text = f"a:{error.code}"
    etree.SubElement(element, "faultstring").text = error.text
    detail = etree.SubElement(element, "detail")
    etree.SubElement(detail, f"{{{ERRORS}}}ResponseCode", nsmap={"e": ERRORS}).text = error.code
    etree.SubElement(detail, f"{{{ERRORS}}}Message", nsmap={"e": ERRORS}).text = error.text
    if error.back_off is not None:
        value = types("Value", text=str(error.back_off), Name="BackOffMilliseconds")
        detail.append(types("MessageXml", value))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def moment(text: str) -> datetime:
    """Read a moment; EWS clients always send one with its offset."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise SoapFault("ErrorSchemaValidation", f"No offset in {text!r}.")
    return value.astimezone(UTC)


def moment_text(value: datetime) -> str:
    """Write a moment as Exchange does."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
