"""The law that trading rests on, as dated tables: procedures, statutory times, fields of notices."""
