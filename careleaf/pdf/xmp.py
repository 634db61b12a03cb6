"""What a file says of itself, in XMP: that it is PDF/A-2a and PDF/UA-1, its title, its language."""

from __future__ import annotations

from xml.sax.saxutils import escape

# PDF/A asks that a schema which is not its own is described within the file.
_PDFUA = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""

_WHOLE = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdf:Producer>Careleaf</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description>
{pdfua}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


def whole(title: str, lang: str) -> bytes:
    """Return the metadata of a file of ours that has none yet. `lang` is a language tag."""
    return _WHOLE.format(title=title, pdfua=_PDFUA.format(lang=escape(lang))).encode()


def claimed(text: str, lang: str) -> str:
    """Return the renderer's metadata with both standards claimed.

    Raises RuntimeError where they are not of the known shape: another version of the renderer.
    """
    archival = text.replace('pdfaid:conformance="U"', 'pdfaid:conformance="A"')
    both = archival.replace("</rdf:RDF>", _PDFUA.format(lang=escape(lang)) + "</rdf:RDF>")
    if archival == text or both == archival:
        raise RuntimeError("the renderer's XMP is not of the known shape")
    return both
