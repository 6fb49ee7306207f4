"""Reads XML that a stranger wrote: no DTD, no entity of theirs, no network, bounded in depth."""

from xml.parsers import expat

from lxml import etree

from conformance.documents.faults import Unreadable

MAX_OCTETS = 64 * 1024 * 1024
MAX_DEPTH = 200
MAX_ELEMENTS = 1_000_000

Element = etree._Element


def parse_xml(octets: bytes, name: str) -> Element:
    """The root element of `octets`; `name` says in messages what is read.

    Raises `Unreadable` with code `empty`, `too-large`, `doctype`, `too-deep`, `too-many-elements`
    or `not-xml`.
    """
    if not octets.strip():
        raise Unreadable("empty", f"{name} is empty: an XML document was expected")
    if len(octets) > MAX_OCTETS:
        limit = f"at most {MAX_OCTETS} are read"
        raise Unreadable("too-large", f"{name} has {len(octets)} octets: {limit}")
    _look_first(octets, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("not-xml", f"{name} is not well-formed XML ({error})") from error


def _look_first(octets: bytes, name: str) -> None:
    """Refuse what could exhaust memory or reach outside, before any tree is built."""
    depth = elements = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            raise Unreadable("too-deep", f"{name} nests more than {MAX_DEPTH} elements")
        if elements > MAX_ELEMENTS:
            raise Unreadable("too-many-elements", f"{name} has more than {MAX_ELEMENTS} elements")

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*declared: object) -> None:
        raise Unreadable("doctype", f"{name} declares a document type: none is expected")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(octets, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("not-xml", f"{name} is not well-formed XML ({error})") from error
