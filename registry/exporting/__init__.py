"""The register as spreadsheets: what everybody may see, and for those who look after it what was found."""

from registry.exporting.files import MEDIA_TYPES, Format, write_csv, write_xlsx
from registry.exporting.scope import Scope
from registry.exporting.tables import PUBLIC, TABLES, Table
from registry.exporting.template import write_template

__all__ = ["MEDIA_TYPES", "PUBLIC", "TABLES", "Format", "Scope", "Table", "write_csv", "write_template", "write_xlsx"]
