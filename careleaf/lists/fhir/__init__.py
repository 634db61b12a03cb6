"""FHIR DSTU2 to R5 -> roster rows: Bundles and NDJSON, several files as one list.

Patient, Procedure and Encounter are read. One row is a Procedure and a handout that its code stands
for. What was meant to be printed and cannot be is a row with a fault that names the resource by type
and id; what is none of ours is counted. No message holds a name or a date.
"""

from careleaf.lists.fhir.files import is_fhir, next_page
from careleaf.lists.fhir.rows import FhirContext, read, reader, rows

__all__ = ["FhirContext", "is_fhir", "next_page", "read", "reader", "rows"]
